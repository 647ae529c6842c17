// The page's frame: which view stands where, and what each is told when the state changes.
import type { Threads } from "./runner/support";
import { exampleOf, languageOf, shownRun, type App } from "./state/app";
import { runAt } from "./state/moment";
import { viewingOf } from "./state/viewing";
import { TimelinePanel, type ViewingListener } from "./timeline/panel";
import { CodeView, type CodeListener } from "./view/code";
import { Controls, type ControlsListener } from "./view/controls";
import { BackendSwitch, type BackendListener } from "./view/backend";
import { element } from "./view/element";
import { embed, outsideLink } from "./view/embed";
import { footer } from "./view/footer";
import { FuturesView } from "./view/futures";
import { Help } from "./view/help";
import { LanguageSwitch, type LanguageListener } from "./view/language";
import { Lesson, Neighbours } from "./view/lesson";
import { Navigation } from "./view/navigation";
import { NoticeView, type NoticeListener } from "./view/notice";
import { OutputView } from "./view/output";
import type { QuestionListener } from "./view/question";
import { ParametersView, type ParameterListener } from "./view/parameters";
import { ShareButton } from "./view/share";
import { themeSwitch } from "./view/theme";
import { UpdateView } from "./view/update";

export type PageListener = ControlsListener &
  ParameterListener &
  CodeListener &
  NoticeListener &
  ShareListener &
  BackendListener &
  LanguageListener &
  QuestionListener &
  ViewingListener;

interface ShareListener {
  /** The address of what is on show. */
  address(): Promise<string>;
}

export class Page {
  readonly nodes: readonly HTMLElement[];
  readonly parameters: ParametersView;
  readonly lesson = new Lesson();
  readonly share: ShareButton;
  readonly help = new Help();
  readonly newer = new UpdateView();
  readonly #navigation: Navigation;
  readonly #notice: NoticeView;
  readonly #code: CodeView;
  readonly #controls: Controls;
  readonly #backend: BackendSwitch;
  readonly #language: LanguageSwitch;
  readonly #timeline: TimelinePanel;
  readonly #output: OutputView;
  readonly #futures: FuturesView;
  readonly #neighbours = new Neighbours();

  constructor(app: App, threads: Threads, listener: PageListener) {
    this.#notice = new NoticeView(listener);
    this.#code = new CodeView(listener);
    this.share = new ShareButton(() => listener.address());
    this.parameters = new ParametersView(listener);
    this.#controls = new Controls(listener);
    this.#backend = new BackendSwitch(listener, threads);
    this.#language = new LanguageSwitch(listener);
    this.#navigation = new Navigation(app.catalog);
    const choose = (task: number | null): void => listener.view({ kind: "choose", task });
    this.#timeline = new TimelinePanel(listener);
    this.#output = new OutputView(listener, choose);
    this.#futures = new FuturesView(choose);
    const main = element(
      "main",
      { id: "main", tabindex: "-1" },
      element("div", { class: "heading" }, this.lesson.node, this.share.node),
      this.#notice.node,
      this.#code.node,
      element("div", { class: "choosing" }, this.#language.node, this.#backend.node),
      element("div", { class: "workbench" }, this.parameters.node, this.#controls.node),
      this.#results(),
      this.#neighbours.node,
      footer(threads),
      outsideLink(),
    );
    this.nodes = [skipLink(main), this.#side(), main, this.help.node, this.newer.node];
  }

  update(app: App): void {
    const example = exampleOf(app, app.selected);
    const whole = shownRun(app);
    const viewing = viewingOf(app.viewing, whole);
    const language = languageOf(app);
    const run = whole === undefined || viewing.replay === null ? whole : runAt(whole, viewing.replay.time);
    this.#navigation.update(app);
    this.lesson.update(example);
    this.#notice.update(app.notices[example.id] ?? null);
    this.#code.update(example, app.typed[example.id] ?? {}, app.python[example.id] ?? null, language);
    this.parameters.update(example, app.typed[example.id] ?? {}, language);
    this.#code.mark(whole);
    this.#language.update(language, example.rust !== "");
    this.#backend.update(app);
    this.#controls.update(app);
    this.#timeline.update(run, whole, viewing, example.title);
    this.#output.update(run, viewing.task);
    this.#futures.update(run, viewing.task);
    this.#neighbours.update(app.catalog, app.selected);
  }

  /** Called a few times a second while a program runs. */
  tick(app: App): void {
    this.#controls.tick(app);
    this.#futures.tick();
  }

  recolour(): void {
    this.#timeline.recolour();
  }

  /** Brings the results into sight, unless most of them are. */
  showResults(): void {
    const results = this.#output.node.parentElement;
    if (results === null || results.getBoundingClientRect().top < innerHeight * 0.55) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    results.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  }

  #side(): HTMLElement {
    const mark = element("img", { src: "./favicon.svg", alt: "", width: "26", height: "26" });
    const name = element("p", { class: "brand" }, mark, "concurrent", element("wbr"), element("span", {}, ".futures"));
    return element(
      "header",
      { class: "side" },
      name,
      this.#navigation.node,
      element("div", { class: "side-tools" }, this.help.button, themeSwitch(() => this.recolour())),
    );
  }

  #results(): HTMLElement {
    embed(this.#timeline.node);
    return element("div", { class: "results" }, this.#timeline.node, this.#output.node, this.#futures.node);
  }
}

/** A link over the navigation; the fragment names the section on show, so it must not follow its own. */
function skipLink(main: HTMLElement): HTMLElement {
  const link = element("a", { class: "skip", href: "#main" }, "Skip to the section");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  return link;
}

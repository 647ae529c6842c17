import { chromium } from "@playwright/test";
const BASE = process.env.BASE_URL ?? "http://localhost:5199/";
const only = process.argv[2];
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless=new","--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"] });
const sizes = { wide: [1440, 900], tablet: [820, 1180], narrow: [360, 780] };
const shots = [
  ["idle","thread-pool-basics", async p => { await p.getByText("Ready").waitFor(); }],
  ["running","context-manager", async p => { await run(p); await p.waitForTimeout(2600); }],
  ["finished","thread-pool-basics", async p => { await run(p); await p.getByText("Finished in").waitFor(); await p.waitForTimeout(600);}],
  ["cancelled","cancelling", async p => { await run(p); await p.getByText("Finished in").waitFor(); await p.waitForTimeout(600);}],
  ["failed","stack-overflow", async p => { await run(p); await p.getByText("Failed:").first().waitFor(); await p.waitForTimeout(600);}],
  ["stopped","endless-loop", async p => { await run(p); await p.waitForTimeout(1300); await p.keyboard.press("Escape"); await p.getByText("Stopped after").waitFor(); await p.waitForTimeout(600);}],
  ["invalid","thread-pool-basics", async p => { await p.getByLabel("Workers").fill("99"); await p.keyboard.press("Control+Enter"); await p.waitForTimeout(300);}],
  ["exceptions","exceptions", async p => { await run(p); await p.getByText("Finished in").waitFor(); await p.waitForTimeout(600);}],
];
const run = p => p.getByRole("button",{name:/^Run/}).click();
for (const [size,[width,height]] of Object.entries(sizes)) for (const theme of ["light","dark"]) {
  const ctx = await b.newContext({ viewport:{width,height}, colorScheme: theme, deviceScaleFactor: size==="narrow"?2:1 });
  const p = await ctx.newPage();
  p.on("console", m => ["error","warning"].includes(m.type()) && console.log(size,theme,m.text()));
  p.on("pageerror", e => console.log("PAGEERROR",e.stack));
  for (const [name,id,act] of shots) {
    if (only && !only.split(",").includes(name)) continue;
    if (theme==="dark" && !["running","failed","idle","cancelled"].includes(name)) continue;
    await p.goto("about:blank"); await p.goto(BASE+"#"+id);
    await act(p);
    await p.screenshot({ path: `/tmp/shots/${name}-${size}-${theme}.png` });
    if (name==="running"||name==="idle") await p.screenshot({ path: `/tmp/shots/${name}-${size}-${theme}-full.png`, fullPage:true });
  }
  await ctx.close();
}
await b.close();

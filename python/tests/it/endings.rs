//! How programs end, and what CPython would write.

use crate::running::{in_one_process, text};
use crate::trial;
use libtest_mimic::Trial;

/// A program, its input, its output, its error output and its exit code.
struct Ending {
    name: &'static str,
    source: &'static str,
    input: &'static str,
    stdout: &'static str,
    /// The end of the error output.
    stderr: &'static str,
    code: i32,
}

const ENDINGS: [Ending; 9] = [
    Ending {
        name: "exit_codes",
        source: "import sys\nprint('a', end='')\nsys.exit(3)\n",
        input: "",
        stdout: "a",
        stderr: "",
        code: 3,
    },
    Ending {
        name: "exit_texts",
        source: "raise SystemExit('no more')\n",
        input: "",
        stdout: "",
        stderr: "no more\n",
        code: 1,
    },
    Ending {
        name: "tracebacks_show_lines",
        source: "def f(x):\n    return 1 / x\n\nf(0)\n",
        input: "",
        stdout: "",
        stderr: "line 4, in <module>\n    f(0)\n    ~^^^\n  File \"tracebacks_show_lines.py\", line 2, in f\n    return 1 / x\n           ~~^~~\n\
                 ZeroDivisionError: division by zero\n",
        code: 1,
    },
    Ending {
        name: "syntax_errors",
        source: "x = 1\nif x\n    pass\n",
        input: "",
        stdout: "",
        stderr: "line 2\n    if x\n        ^\nSyntaxError: expected ':'\n",
        code: 1,
    },
    Ending {
        name: "absent_modules_say_so",
        source: "import numpy\n",
        input: "",
        stdout: "",
        stderr: "line 1, in <module>\n    import numpy\nModuleNotFoundError: No module named 'numpy' (it is not part of this Python, which has a \
                 small standard library and no packages)\n",
        code: 1,
    },
    Ending {
        name: "threads_are_joined",
        source: "import threading, time\n\ndef later():\n    time.sleep(0.1)\n    print('later')\n\n\
                 threading.Thread(target=later).start()\nprint('first')\n",
        input: "",
        stdout: "first\nlater\n",
        stderr: "",
        code: 0,
    },
    Ending {
        // SHUT-02, SHUT-06
        name: "pools_are_joined",
        source: "from concurrent.futures import ThreadPoolExecutor\nimport time\n\ndef later():\n    time.sleep(0.1)\n    print('later')\n\n\
                 pool = ThreadPoolExecutor()\npool.submit(later)\npool.shutdown(wait=False)\nprint('first')\n",
        input: "",
        stdout: "first\nlater\n",
        stderr: "",
        code: 0,
    },
    Ending {
        // SHUT-03
        name: "late_submits_are_refused",
        source: "import atexit\nfrom concurrent.futures import ThreadPoolExecutor\n\npool = ThreadPoolExecutor()\n\n\
                 @atexit.register\ndef late():\n    try:\n        pool.submit(print)\n    except RuntimeError as error:\n        print(error)\n",
        input: "",
        stdout: "cannot schedule new futures after interpreter shutdown\n",
        stderr: "",
        code: 0,
    },
    Ending {
        name: "input_is_read",
        source: "name = input('name? ')\nprint('hello', name)\ntry:\n    input()\nexcept EOFError as error:\n    print(error)\n",
        input: "Ada\n",
        stdout: "name? hello Ada\nEOF when reading a line\n",
        stderr: "",
        code: 0,
    },
];

pub(crate) fn trials() -> impl Iterator<Item = Trial> {
    let endings =
        ENDINGS.into_iter().map(|ending| trial(format!("endings::{}", ending.name), move || check(&ending)));
    endings.chain([trial("endings::programs_follow_each_other".to_owned(), programs_follow_each_other)])
}

/// A page keeps its memory from one run to the next.
fn programs_follow_each_other() {
    let threads = "import threading\nfrom concurrent.futures import ThreadPoolExecutor\nassert 'left' not in globals()\n\
                   left = threading.local()\nleft.x = [left]\n\
                   with ThreadPoolExecutor(2) as pool:\n    print(sum(pool.map(lambda n: n * n, range(10))))\n\
                   print(threading.current_thread().name)\n";
    let processes = "from concurrent.futures import ProcessPoolExecutor\nif __name__ == '__main__':\n    \
                     with ProcessPoolExecutor(1) as pool:\n        print(pool.submit(pow, 2, 5).result())\n";
    let output = in_one_process(&[threads, processes, threads, "print('last')", processes]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let written = "285\nMainThread\n32\n285\nMainThread\nlast\n32\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), written, "{stderr}");
    assert!(output.status.success() && stderr.is_empty(), "{stderr}");
}

fn check(ending: &Ending) {
    let output = text(ending.name, ending.source, ending.input);
    let stderr =
        String::from_utf8_lossy(&output.stderr).replace(&format!("-{}.py", std::process::id()), ".py");
    assert_eq!(String::from_utf8_lossy(&output.stdout), ending.stdout, "{stderr}");
    assert!(stderr.ends_with(ending.stderr) && (stderr.is_empty() || !ending.stderr.is_empty()), "{stderr}");
    assert_eq!(output.status.code(), Some(ending.code));
}

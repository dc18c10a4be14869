import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export type Row = Readonly<Record<string, string | number | null>>;

const endOfAnswer = "--- end of answer";

interface Question {
  readonly lines: string[];
  resolve(rows: Row[]): void;
  reject(error: Error): void;
}

/** Reads the database beside the node, through the `sqlite3` shell. */
export class Sqlite {
  readonly #path: string;
  readonly #questions: Question[] = [];
  #shell: ChildProcessWithoutNullStreams | undefined;
  #errors = "";

  constructor(path: string) {
    this.#path = path;
  }

  query(sql: string): Promise<Row[]> {
    this.#shell ??= this.#open();
    const shell = this.#shell;
    return new Promise((resolve, reject) => {
      this.#questions.push({ lines: [], resolve, reject });
      shell.stdin.write(`${sql};\n.print ${endOfAnswer}\n`);
    });
  }

  /** Lets go of the database without a word, as a killed process does; the next query opens it again. */
  kill(): void {
    this.#shell?.kill("SIGKILL");
    this.#shell = undefined;
    for (const question of this.#questions.splice(0)) question.reject(new Error("the shell was killed"));
  }

  #open(): ChildProcessWithoutNullStreams {
    const shell = spawn("sqlite3", ["-batch", "-json", "-cmd", ".timeout 10000", this.#path]);
    this.#errors = "";
    shell.stdin.on("error", () => {});
    shell.stderr.on("data", (bytes) => {
      this.#errors += bytes;
    });
    shell.on("error", (error) => this.#fail(shell, `sqlite3 can't be run: ${error.message}`));
    shell.on("exit", () => this.#fail(shell, `sqlite3 ended: ${this.#errors}`));
    createInterface({ input: shell.stdout }).on("line", (line) => {
      if (shell === this.#shell) this.#read(line);
    });
    return shell;
  }

  #read(line: string): void {
    const question = this.#questions[0];
    if (question === undefined) return;
    if (line !== endOfAnswer) {
      question.lines.push(line);
      return;
    }
    this.#questions.shift();
    if (this.#errors !== "") {
      question.reject(new Error(`sqlite3: ${this.#errors}`));
      this.#errors = "";
    } else {
      question.resolve(question.lines.length === 0 ? [] : JSON.parse(question.lines.join("\n")));
    }
  }

  #fail(shell: ChildProcessWithoutNullStreams, message: string): void {
    if (shell !== this.#shell) return;
    this.#shell = undefined;
    for (const question of this.#questions.splice(0)) question.reject(new Error(message));
  }
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

// A primary and a standby that change places, each on a port of its own.
import { Postgres } from '../../api/support/postgres.js';

const standby_name = 'standby';

export interface PairOptions { is_synchronous?: boolean }

export class Pair {
  private constructor(public primary: Postgres, public standby: Postgres, readonly is_synchronous: boolean) {}

  static async start({ is_synchronous = true }: PairOptions = {}): Promise<Pair> {
    const primary = await Postgres.start();
    const pair = new Pair(primary, await primary.start_standby(standby_name), is_synchronous);
    await pair.#follow();
    return pair;
  }

  async #follow(): Promise<void> {
    if (this.is_synchronous) await this.primary.wait_for_standby(standby_name);
  }

  // The URL of a new database, with both of them in it.
  create_database(): string {
    return this.primary.create_database(this.standby);
  }

  async promote(): Promise<void> {
    await this.standby.promote();
  }

  // What was the standby is the primary now, and has a new standby in the dead one's place.
  async take_turns(): Promise<void> {
    const { port } = this.primary;
    this.primary = this.standby;
    this.standby = await this.primary.start_standby(standby_name, { port });
    await this.#follow();
  }

  kill(): void {
    this.primary.kill();
    this.standby.kill();
  }
}

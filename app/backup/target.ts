/**
 * Where backups are kept: a folder now, and whatever else can write a file whole or not at all. Names have no
 * folders; who calls has checked them.
 */
export interface Target {
  /** How people find it. */
  readonly place: string;
  /** Names of all that is in it. Throws a BackupError when it cannot be read. */
  list(): Promise<string[]>;
  /** Undefined when there is no such file, or when it is a link or a folder. */
  size(name: string): Promise<number | undefined>;
  /**
   * Writes a new file: afterwards it is there in full and on the disk, or there is nothing of it. Throws a BackupError
   * when there is no room, and what `content` throws.
   */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  read(name: string): AsyncIterable<Uint8Array>;
  remove(name: string): Promise<void>;
  /** Removes what a write that was interrupted left behind. Nobody else may be writing. */
  tidy(): Promise<void>;
}

// What Pulumi.yaml names. It is plain JavaScript so that an old Node says what is wrong instead of
// failing on the first type annotation.
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error(
    `launchlab needs Node 24 or newer, this is ${process.versions.node}: use \`npm run pulumi -- ...\`, which brings its own.`,
  );
  process.exit(1);
}

// A killed engine closes our output. The SDK would then report for ever that it cannot report, until the memory is full.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));

const { program } = await import("./index.ts");
export default await program();

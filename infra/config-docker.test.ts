import { expect, it } from "vitest";
import { gatewayAddressOf } from "./config-docker.ts";
import { loadConfig } from "./config.ts";

const load = (raw: Record<string, string>): ReturnType<typeof loadConfig> =>
  loadConfig((key) => raw[key], { keys: Object.keys(raw) });

it("the gateway listens where it is told, and nowhere without a port", () => {
  expect(
    gatewayAddressOf(load({ platform: "docker", gatewayAddress: "0.0.0.0:443" }).gatewayAddress),
  ).toEqual({
    host: "0.0.0.0",
    port: 443,
  });
  expect(gatewayAddressOf("[::1]:8443")).toEqual({ host: "::1", port: 8443 });
  expect(gatewayAddressOf(undefined)).toBeUndefined();
  for (const gatewayAddress of ["0.0.0.0", "bot.example.org:443", ":443", "1.2.3.4:x"])
    expect(() => load({ platform: "docker", gatewayAddress })).toThrow(
      "gatewayAddress must be an address of the engine's machine with a port, such as 0.0.0.0:443",
    );
});

it("settings of Docker are refused where they have no effect", () => {
  expect(() => load({ gatewayAddress: "0.0.0.0:443" })).toThrow(
    "launchlab:gatewayAddress has no effect: it is for the platform docker; remove it",
  );
});

it("Docker takes the files of a certificate, and none of the ways of Kubernetes", () => {
  const webhookUrl = "https://bot.example.org";
  const files = { tlsCertificate: "/a.pem", tlsKey: "/b.pem" };
  expect(load({ platform: "docker", webhookUrl, ...files })).toMatchObject(files);
  expect(() => load({ platform: "docker", webhookUrl, tlsIssuer: "letsencrypt" })).toThrow(
    "tlsIssuer is for the platform kubernetes; on docker, set launchlab:tlsCertificate or tlsKey or tlsSelfSigned",
  );
});

it("a certificate that the stack makes needs an address, and takes the place of files", () => {
  const own = { platform: "docker", tlsSelfSigned: "true" };
  expect(load({ ...own, webhookUrl: "https://198.51.100.7:8443" }).tlsSelfSigned).toBe("true");
  expect(() => load(own)).toThrow("webhookUrl is missing: the certificate is for its host name");
  expect(() => load({ ...own, webhookUrl: "https://a.org", tlsCertificate: "/a", tlsKey: "/b" })).toThrow(
    "tlsSelfSigned makes a certificate of its own beside launchlab:tlsCertificate: remove one of them",
  );
});

using System.IO.Compression;
using System.Text;
using Mano.Packages.Tests.Signatures;

namespace Mano.Packages.Tests.Mistakes;

/// <summary>One thing providers do wrong, and the upload that comes of it.</summary>
internal sealed record Mistake(string Title, byte[] Upload)
{
    private const string Program = "\u007fELF program";

    /// <param name="by">Who signs, where something is signed.</param>
    /// <param name="expired">Who signed until last month.</param>
    internal static IEnumerable<Mistake> All(Authority by, Authority expired) =>
    [
        // Packing
        Of("packed the folder instead of its content", new CsarMaker().With("counter/app.yaml", Samples.Tosca).With("counter/bin/counter", Program)),
        Of("packed two descriptors and no TOSCA.meta", new CsarMaker().With("app.yaml", Samples.Tosca).With("types.yaml", "node_types: {}")),
        Of("names the descriptor in another case", new CsarMaker().WithMeta("definitions/App.yaml").With("Definitions/app.yaml", Samples.Tosca).With("Artifacts/bin/counter", Program).WithManifest()),
        Of("packed on Windows with backslashes", new CsarMaker().With("Definitions\\app.yaml", Samples.Tosca).With("TOSCA-Metadata\\TOSCA.meta", "x: y")),
        Of("packed a symbolic link", new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", "../../../usr/bin/counter", 0xA1FF << 16).WithManifest()),
        new("uploaded the Helm chart alone", Gzip("Chart.yaml")),
        Of("uploaded a VM image alone", "QFI\u00fb"),
        Of("wrapped the signed CSAR and put a readme beside it", new CsarMaker().With("counter.csar", "PK").With("counter.cms", "-----BEGIN CMS-----").With("readme.yaml", "x: y")),
        Of("wrapped the CSAR without its signature", new CsarMaker().With("counter.csar", Bytes(Good(manifest: m => m)))),
        Of("wrapped the CSAR, and changed it after signing", new CsarMaker().With("counter.csar", Bytes(Good(manifest: m => m))).With("counter.cms", by.Sign([1, 2, 3]))),
        Of("wrapped the CSAR with a signature that encloses another content", new CsarMaker().With("counter.csar", Bytes(Good(manifest: m => m))).With("counter.cms", by.Sign([1, 2, 3], enclose: true))),
        Of("packed the Helm chart as a folder", Good(Change("file: Artifacts/bin/counter", "file: Artifacts/chart"), files: p => p.With("Artifacts/chart/Chart.yaml", "name: counter\nversion: 1.0.0\n"))),
        Of("called a raw VM image a QCOW2", Good(Change("disk_format: raw", "disk_format: qcow2"))),
        new("gave no disk format of a VM image", Encoding.UTF8.GetBytes(Samples.Json.Replace(" \"diskFormat\": \"QCOW2\",", "", StringComparison.Ordinal))),

        // Manifest and signature
        Of("edited the descriptor after making the manifest", Good(manifest: m => m).Replace("app.yaml", Samples.Tosca + "# a last change\n")),
        Of("raised the version in the descriptor alone", Good(Change("descriptor_version: { type: string, default: '1.0' }", "descriptor_version: { type: string, default: '1.1' }"))),
        Of("listed a file that is not packed, in other case", Good(manifest: m => m + "\nSource: Artifacts/bin/Counter\nAlgorithm: SHA-256\nHash: 00\n")),
        Of("digests with MD5", Good(manifest: m => m.Replace("Algorithm: SHA-256", "Algorithm: MD5", StringComparison.Ordinal))),
        Of("changed the manifest after signing it", Good(manifest: m => by.Manifest()(m).Replace("etsivnfm:v2.3.1", "etsivnfm:v2.4.1", StringComparison.Ordinal))),
        Of("signed with a certificate that has expired", Good(manifest: expired.Manifest())),

        // Writing the descriptor
        Of("indented with a tab", Good(Change("    app_dns_rule:", "\tapp_dns_rule:"))),
        new("saved the descriptor as UTF-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Samples.Json)]),
        new("left a comma at the end of a JSON list", Encoding.UTF8.GetBytes(Samples.Json.Replace("\"layerProtocol\": [ \"IPV4\" ]", "\"layerProtocol\": [ \"IPV4\", ]", StringComparison.Ordinal))),
        Of("gave a key twice", Good(Samples.Tosca.Replace("    Vdu:\n", "    Counter:\n      type: Example.Counter\n    Vdu:\n", StringComparison.Ordinal))),
        Of("mistyped an attribute", Good(Change("app_dns_rule:", "app_dns_rules:"))),
        Of("an input without a default", Good(Change("memory: { type: string, default: 128 MiB }", "memory: { type: string }"))),
        Of("memory in words", Good(Change("default: 128 MiB", "default: 128 megabytes"))),

        // Meaning
        Of("named an image that is not packed", Good(Change("file: Artifacts/bin/counter", "file: Artifacts/counter"))),
        Of("a rule that forwards nowhere, of an unknown type, at an impossible priority", Good(Samples.Tosca
            .Replace("            dst_interface:\n              - interface_type: IP\n                dst_ip_address: 0.0.0.0\n", "", StringComparison.Ordinal)
            .Replace("filter_type: FLOW", "filter_type: HTTP", StringComparison.Ordinal).Replace("priority: 1", "priority: 300", StringComparison.Ordinal))),
        Of("a port range, an address and a protocol nobody can match", Good(Samples.Tosca.Replace("[ 80 ]", "[ '80,443' ]", StringComparison.Ordinal)
            .Replace("203.0.113.10/32", "counter.example", StringComparison.Ordinal).Replace("protocol: [ TCP ]", "protocol: [ HTTP ]", StringComparison.Ordinal))),
        Of("an IPv6 address in an IPv4 DNS rule", Good(Change("ip_address: 203.0.113.10", "ip_address: '2001:db8::1'"))),
        new("gave the latency in milliseconds and MEC's version as a word", Encoding.UTF8.GetBytes(Samples.Json.Replace("20000000", "20", StringComparison.Ordinal).Replace("2.2.1, 3.2.1", "v3", StringComparison.Ordinal))),
        new("a virtual machine and a container at once", Encoding.UTF8.GetBytes(Samples.Json.Replace("\"swImageDescriptor\"", "\"osContainerDescriptor\": [ { \"osContainerDescId\": \"c\", \"name\": \"c\", \"description\": \"c\", \"swImageDesc\": \"other\" } ],\n  \"swImageDescriptor\"", StringComparison.Ordinal))),
    ];

    private static Mistake Of(string title, CsarMaker package)
    {
        using var stream = package.Make();
        return new(title, stream.ToArray());
    }

    private static Mistake Of(string title, string upload) => new(title, Encoding.Latin1.GetBytes(upload));

    private static byte[] Bytes(CsarMaker package)
    {
        using var stream = package.Make();
        return stream.ToArray();
    }

    private static CsarMaker Good(string descriptor = Samples.Tosca, Func<string, string>? manifest = null, Func<CsarMaker, CsarMaker>? files = null)
    {
        var package = new CsarMaker().WithMeta("app.yaml").With("app.yaml", descriptor).With("Artifacts/bin/counter", Program);
        return (files?.Invoke(package) ?? package).WithManifest(change: manifest);
    }

    private static string Change(string from, string to) => Samples.Tosca.Contains(from, StringComparison.Ordinal)
        ? Samples.Tosca.Replace(from, to, StringComparison.Ordinal)
        : throw new ArgumentException($"The sample has no '{from}'.", nameof(from));

    private static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}

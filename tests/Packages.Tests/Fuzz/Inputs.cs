using System.IO.Compression;
using System.Text;
using Mano.Packages.Tests.Signatures;

namespace Mano.Packages.Tests.Fuzz;

/// <summary>Uploads that were right until one or several things were changed in them.</summary>
internal sealed class Inputs
{
    private static readonly string[] HostilePaths =
        ["../out", "/etc/passwd", "C:/x", "a\\b", "a//b", "./a", "a/../../b", "a\0b", "TOSCA-Metadata/TOSCA.meta", "app.yaml", "app.yaml/x", new('p', 600), "\u202Eyaml", "a/", ""];

    private readonly (List<(string Path, byte[] Content)> Files, int Weight)[] _packages;
    private readonly byte[][] _texts = [Encoding.UTF8.GetBytes(Samples.Tosca), Encoding.UTF8.GetBytes(Samples.Json)];

    internal Inputs()
    {
        using var root = Authority.Root();
        using var by = root.Issue("Example Provider");
        byte[] program = [0x7F, (byte)'E', (byte)'L', (byte)'F'];
        var plain = new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", program).WithManifest();
        var signed = new CsarMaker().WithMeta("app.yaml", more: "ETSI-Entry-Certificate: signer.cert\n").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", program)
            .With("signer.cert", by.Pem).With("counter.cms", by.Sign(program))
            .WithManifest(change: m => by.Manifest()(m + "\nSource: Artifacts/bin/counter\nSignature: counter.cms\nCertificate: signer.cert\n"));
        using var inner = new CsarMaker().With("TOSCA_VNFD.meta", "VNFD-Meta-File-Version: 1.0\nEntry-Definitions: Definition/app.yaml\n").With("Definition/app.yaml", Samples.Tosca).Make();
        var nested = new CsarMaker().WithMeta("APPD/app.zip").With("APPD/app.zip", inner.ToArray()).With("Artifacts/bin/counter", program)
            .With("Image/SwImageDesc.json", """[ { "id": "1", "name": "a", "version": "1", "checksum": "2", "containerFormat": "bare", "diskFormat": "qcow2", "swImage": "Image/a.zip" } ]""").WithManifest("SHA-512");
        var optionTwo = new CsarMaker().With("app.json", Samples.Json).With("chart.tgz", (byte[])[0x1F, 0x8B, 8]);
        _packages = [(plain.Files, 20), (nested.Files, 8), (optionTwo.Files, 8), (signed.Files, 1)];
    }

    internal byte[] Make(Random random, long number)
    {
        if (number % 3 == 0)
        {
            var text = _texts[random.Next(_texts.Length)];
            return random.Next(8) == 0 ? Mutations.Bytes(text, random) : Mutations.Text(text, random);
        }

        var files = Pick(random).Select(f => (f.Path, Content: f.Content)).ToList();
        var changeArchive = random.Next(3) == 0;
        for (var changes = changeArchive ? random.Next(2) : 1 + random.Next(3); changes > 0; changes--)
        {
            Change(files, random);
        }

        var archive = Zip(files, random);
        return changeArchive ? Mutations.Archive(archive, random) : archive;
    }

    private List<(string Path, byte[] Content)> Pick(Random random)
    {
        var drawn = random.Next(_packages.Sum(p => p.Weight));
        return _packages.First(p => (drawn -= p.Weight) < 0).Files;
    }

    private static void Change(List<(string Path, byte[] Content)> files, Random random)
    {
        var at = random.Next(files.Count);
        var (path, content) = files[at];
        switch (random.Next(12))
        {
            case 0:
                files[at] = (HostilePaths[random.Next(HostilePaths.Length)], content);
                break;
            case 1:
                files.Add((HostilePaths[random.Next(HostilePaths.Length)], content));
                break;
            case 2:
                files.RemoveAt(at);
                files.Add((path, []));
                break;
            case 3:
                files[at] = (path, Mutations.Bytes(content, random));
                break;
            case 4:
                files.Add(($"bomb/{random.Next(4)}", new byte[random.Next(50) == 0 ? random.Next(1 << 20, 6 << 20) : random.Next(1 << 12, 1 << 18)]));
                break;
            default:
                files[at] = (path, path.EndsWith(".zip", StringComparison.Ordinal) ? Mutations.Archive(content, random) : Mutations.Text(content, random));
                break;
        }
    }

    private static byte[] Zip(List<(string Path, byte[] Content)> files, Random random)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                var entry = zip.CreateEntry(path.Length == 0 ? "-" : path, random.Next(4) == 0 ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
                entry.ExternalAttributes = random.Next(60) == 0 ? random.Next() : 0;
                using var writer = entry.Open();
                writer.Write(content);
            }
        }

        return stream.ToArray();
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mano.Testing.Containers;

/// <summary>Container images written by hand, because there is no registry: one layer of a static busybox, in either layout.</summary>
public static class ContainerArchives
{
    private static readonly string[] Applets = ["sh", "sleep", "echo", "cat", "env", "httpd", "wget", "id", "touch", "grep", "tail", "ls", "true", "nc", "mkdir", "wc"];

    public static string? BusyBox { get; } = new[] { "/bin/busybox", "/usr/bin/busybox" }.FirstOrDefault(File.Exists);

    public static string Architecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    /// <summary>As <c>docker save</c> writes it, running a script, as root or as another user.</summary>
    public static byte[] Docker(string script, string? healthcheck = null, string user = "")
    {
        var config = Config(["/bin/sh", "-c", script], healthcheck, user);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new[] { new { Config = "config.json", RepoTags = new[] { "somebody/elses:latest" }, Layers = new[] { "layer.tar" } } });
        return Tar(("manifest.json", manifest), ("config.json", config), ("layer.tar", Layer.Value));
    }

    /// <summary>An OCI layout with an index of two platforms, as buildx exports it.</summary>
    public static byte[] Oci(string script)
    {
        var (config, layer) = (Config(["/bin/sh", "-c", script], null), Layer.Value);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            config = new { mediaType = "application/vnd.oci.image.config.v1+json", digest = Digest(config), size = config.Length },
            layers = new[] { new { mediaType = "application/vnd.oci.image.layer.v1.tar", digest = Digest(layer), size = layer.Length } },
        });
        var index = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            manifests = new object[]
            {
                new { mediaType = "application/vnd.oci.image.manifest.v1+json", digest = "sha256:" + new string('7', 64), size = 1, platform = new { os = "linux", architecture = "riscv64" } },
                new { mediaType = "application/vnd.oci.image.manifest.v1+json", digest = Digest(manifest), size = manifest.Length, platform = new { os = "linux", architecture = Architecture } },
            },
        });
        return Tar(
            ("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray()), ("index.json", index), (Blob(manifest), manifest), (Blob(config), config), (Blob(layer), layer));
    }

    /// <summary>The same, packed.</summary>
    public static byte[] Zipped(byte[] archive)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(archive);
        }

        return packed.ToArray();
    }

    public static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return archive.ToArray();
    }

    private static byte[] Config(string[] command, string? healthcheck, string user = "") => JsonSerializer.SerializeToUtf8Bytes(new
    {
        architecture = Architecture,
        os = "linux",
        config = new
        {
            Cmd = command,
            User = user,
            Env = new[] { "PATH=/bin", "FROM_IMAGE=yes" },
            Healthcheck = healthcheck is null ? null : new { Test = new[] { "CMD-SHELL", healthcheck }, Interval = 500_000_000L, Timeout = 5_000_000_000L, Retries = 1 },
        },
        rootfs = new { type = "layers", diff_ids = new[] { Digest(Layer.Value) } },
    });

    private static Lazy<byte[]> Layer { get; } = new(() =>
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            foreach (var folder in new[] { "bin/", "etc/", "tmp/", "proc/", "sys/", "dev/", "www/" })
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = all });
            }

            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = all, DataStream = new MemoryStream(File.ReadAllBytes(BusyBox!)) });
            foreach (var applet in Applets)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox", Mode = all });
            }

            foreach (var (name, text) in new[] { ("etc/passwd", "root:x:0:0::/:/bin/sh\n"), ("www/index.html", "served by the edge\n") })
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
                });
            }
        }

        return archive.ToArray();
    });

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Blob(byte[] content) => "blobs/sha256/" + Digest(content)["sha256:".Length..];
}

using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>Images that the kit makes itself, each run its own, so that they are in no VIM beforehand.</summary>
public static class KitImages
{
    /// <summary>The note, not applied, of a VIM in which no image really runs: nothing there ends by itself.</summary>
    public const string NothingRuns = "computes";

    private const string Forever = "trap 'exit 0' TERM\necho conformance starts\nwhile :; do sleep 60 & wait $!; done\n";
    private const string Ends = "echo conformance ends\nexit 3\n";
    private static readonly string[] Folders = ["bin/", "tmp/", "proc/", "sys/", "dev/", "etc/"];
    private static readonly string[] Applets = ["sh", "sleep", "echo", "true"];

    private static string? BusyBox { get; } = new[] { "/bin/busybox", "/usr/bin/busybox" }.FirstOrDefault(File.Exists);

    /// <summary>An image that runs, and one that ends with 3 where the VIM's formats have such.</summary>
    /// <param name="folder">Where the files are put; the caller removes it.</param>
    /// <param name="capabilities">Of the formats that they claim, the first of executable, container archive, raw disk and name is made.</param>
    /// <param name="run">What tells this run from others.</param>
    /// <exception cref="FailureException">Nothing of what it claims can be made here; <c>--image</c> is needed.</exception>
    public static (ImageSource Image, ImageSource? Ending) Make(string folder, VimCapabilities capabilities, string run)
    {
        var mark = $"# {run}\n";
        var runs = !capabilities.Notes.Any(n => n is { Name: NothingRuns, Applied: false });
        if (capabilities.Has(VimCapability.Executables))
        {
            return (File("forever", ImageFormat.Executable, Script(Forever)), runs ? File("ends", ImageFormat.Executable, Script(Ends)) : null);
        }

        if (capabilities.Has(VimCapability.Containers) && BusyBox is { } busyBox)
        {
            return (File("forever", ImageFormat.ContainerArchive, Archive(busyBox, mark + Forever)), runs ? File("ends", ImageFormat.ContainerArchive, Archive(busyBox, mark + Ends)) : null);
        }

        if (capabilities.Has(VimCapability.VmImages))
        {
            var disk = new byte[1 << 20];
            Encoding.ASCII.GetBytes(run).CopyTo(disk, 0);
            (disk[510], disk[511]) = (0x55, 0xAA);
            return (File("disk", ImageFormat.Raw, disk), null);
        }

        return capabilities.Has(VimCapability.NamedImages)
            ? (ImageSource.FromName("busybox:1.36"), null)
            : throw Failure.InvalidInput("VIM_KIT_NO_IMAGE",
                $"{capabilities.Adapter} claims {string.Join(", ", capabilities.Claims.Order())}, and none of its image formats can be made here{(BusyBox is null ? " (a container archive needs busybox-static)" : "")}; give one with --image FILE --format FORMAT.").ToException();

        byte[] Script(string body) => Encoding.UTF8.GetBytes("#!/bin/sh\n" + mark + body);
        ImageSource File(string name, ImageFormat format, byte[] content) => FromBytes(folder, name, format, content);
    }

    /// <summary>An image of the caller's: a file with its format.</summary>
    /// <exception cref="FailureException">The file cannot be read.</exception>
    public static ImageSource FromFile(string path, ImageFormat format)
    {
        try
        {
            using var content = System.IO.File.OpenRead(path);
            return ImageSource.FromFile(new("sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)), format, ConformanceWorld.Prefix + Path.GetFileName(path)), Path.GetFullPath(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure.InvalidInput("VIM_KIT_NO_IMAGE", $"The image {path} cannot be read: {e.Message}", path).ToException();
        }
    }

    private static ImageSource FromBytes(string folder, string name, ImageFormat format, byte[] content)
    {
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return FromFile(path, format);
    }

    /// <summary>As <c>docker save</c> writes it: one layer with busybox in it, and a script as its command.</summary>
    private static byte[] Archive(string busyBox, string script)
    {
        var layer = Layer(busyBox);
        var config = new JsonObject
        {
            ["architecture"] = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Cmd"] = new JsonArray("/bin/sh", "-c", script), ["Env"] = new JsonArray("PATH=/bin") },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray("sha256:" + Convert.ToHexStringLower(SHA256.HashData(layer))) },
        };
        var manifest = new JsonArray(new JsonObject { ["Config"] = "config.json", ["RepoTags"] = new JsonArray("mano/conformance:latest"), ["Layers"] = new JsonArray("layer.tar") });
        return Tar(writer =>
        {
            Put(writer, "manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()));
            Put(writer, "config.json", Encoding.UTF8.GetBytes(config.ToJsonString()));
            Put(writer, "layer.tar", layer);
        });
    }

    private static byte[] Layer(string busyBox) => Tar(writer =>
    {
        foreach (var folder in Folders)
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = Executable });
        }

        Put(writer, "bin/busybox", System.IO.File.ReadAllBytes(busyBox));
        foreach (var applet in Applets)
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox", Mode = Executable });
        }
    });

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static byte[] Tar(Action<TarWriter> write)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            write(writer);
        }

        return archive.ToArray();
    }

    private static void Put(TarWriter writer, string name, byte[] content) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = Executable, DataStream = new MemoryStream(content) });
}

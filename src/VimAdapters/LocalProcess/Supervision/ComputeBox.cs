using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess.Images;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.LocalProcess.Supervision;

/// <summary>
/// The files of a compute. An executable gets <c>bin/</c> and <c>home/</c>, and with namespaces the box itself
/// as its temporary folder; a root file system gets <c>root/</c>. Made beside and renamed, so that a box is whole or not there.
/// </summary>
internal sealed class ComputeBox(VimFolder folder, ImageStore images, LocalProcessOptions options, bool isTemporaryFolder)
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode Temporary = Everybody | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;

    /// <summary>The home folder in a root file system.</summary>
    public const string HomeInRoot = "home/app";

    /// <summary>The folder of volumes in a home.</summary>
    public const string VolumeFolder = "volumes";

    private static readonly string[] Entries = ["entrypoint", "init", "sbin/init"];

    /// <summary>The name of the program in <c>bin/</c>.</summary>
    public static string ProgramOf(ComputeSpec spec)
    {
        var safe = new string([.. spec.Images[0].Name.Split('/')[^1].Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')]);
        return safe.Length is 0 or > 100 || safe[0] == '.' || safe[0] == '-' ? "app" : safe;
    }

    /// <summary>Makes the box unless it is there.</summary>
    public void Make(ComputeRecord record, int? userId, CancellationToken cancellationToken)
    {
        var box = folder.Box(record.ComputeId);
        if (Directory.Exists(box))
        {
            return;
        }

        var image = record.Spec.Images[0];
        var content = images.PathOf(image.Digest) ?? throw VimFailures.NoImage(record.ComputeId, image.Digest).ToException();
        var beside = box + ".new";
        VimFolder.Empty(beside);
        Directory.CreateDirectory(beside);
        File.SetUnixFileMode(beside, isTemporaryFolder ? Temporary : Everybody);
        var home = image.Format == ImageFormat.Executable
            ? MakeForExecutable(beside, content, record.Spec, userId)
            : MakeForRootFs(beside, content, userId, cancellationToken);
        if (record.Spec.BootData.Length > 0)
        {
            File.WriteAllText(Path.Combine(home, "boot-data"), record.Spec.BootData);
            GiveTo(userId, Path.Combine(home, "boot-data"));
        }

        foreach (var volume in record.Spec.Volumes)
        {
            // What a home is in needs no mount: it stays while the compute exists, and goes with it.
            MakeHome(MakeHome(home, VolumeFolder, userId), volume.Name, userId);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder.Log(record.ComputeId))!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Move(beside, box);
    }

    /// <summary>The program of a root file system that names none; null where none of the usual ones is there.</summary>
    public string? EntryOf(string computeId) =>
        Entries.Where(e => new FileInfo(Path.Combine(folder.Box(computeId), "root", e)) is { Exists: true } or { LinkTarget: not null }).Select(e => "/" + e).FirstOrDefault();

    private static string MakeForExecutable(string box, string content, ComputeSpec spec, int? userId)
    {
        var bin = Path.Combine(box, "bin");
        Directory.CreateDirectory(bin);
        File.SetUnixFileMode(bin, Everybody);

        // A second name costs nothing, but only where the application cannot write to the image through it.
        var program = Path.Combine(bin, ProgramOf(spec));
        if (userId is null || !Native.TryLink(content, program))
        {
            File.Copy(content, program);
        }

        // Where DOTNET_ROOT is shown to the application; see LaunchScripts.
        Directory.CreateDirectory(Path.Combine(box, "dotnet"));
        File.SetUnixFileMode(Path.Combine(box, "dotnet"), Everybody);
        return MakeHome(box, "home", userId);
    }

    private string MakeForRootFs(string box, string content, int? userId, CancellationToken cancellationToken)
    {
        var root = Path.Combine(box, "root");
        Directory.CreateDirectory(root);
        GiveTo(userId, root);
        RootFsArchive.Extract(content, root, userId, options, cancellationToken);
        foreach (var needed in new[] { "proc", "dev" })
        {
            Directory.CreateDirectory(Path.Combine(root, needed));
        }

        Directory.CreateDirectory(Path.Combine(root, "tmp"));
        File.SetUnixFileMode(Path.Combine(root, "tmp"), Temporary);
        Directory.CreateDirectory(Path.Combine(root, "home"));
        CopyNames(root, userId);
        return MakeHome(root, HomeInRoot, userId);
    }

    // The network is the machine's, so its names are too, unless the image brings its own.
    private static void CopyNames(string root, int? userId)
    {
        var etc = new DirectoryInfo(Path.Combine(root, "etc"));
        if (etc is { Exists: true, LinkTarget: not null })
        {
            return;
        }

        etc.Create();
        GiveTo(userId, etc.FullName);
        foreach (var name in new[] { "resolv.conf", "hosts" })
        {
            var target = new FileInfo(Path.Combine(etc.FullName, name));
            if (!target.Exists && target.LinkTarget is null && File.Exists("/etc/" + name))
            {
                File.Copy("/etc/" + name, target.FullName);
                GiveTo(userId, target.FullName);
            }
        }
    }

    private static string MakeHome(string folder, string name, int? userId)
    {
        var home = Path.Combine(folder, name);
        Directory.CreateDirectory(home);
        GiveTo(userId, home);
        return home;
    }

    private static void GiveTo(int? userId, string path)
    {
        if (userId is { } id)
        {
            Native.Give(path, id);
        }
    }
}

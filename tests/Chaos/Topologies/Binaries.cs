using Mano.Testing;

namespace Mano.Chaos.Topologies;

/// <summary>The programs of a run, copied aside: a build meanwhile must not change what is started again.</summary>
internal sealed class Binaries
{
    private readonly string folder;

    private Binaries(string folder) => this.folder = folder;

    public static Binaries CopyTo(string folder)
    {
        foreach (var project in (string[])["Meo", "Mepm", "MecPlatform"])
        {
            Copy(Path.GetDirectoryName(DaemonProcess.Assembly(project))!, Path.Combine(folder, project));
        }

        return new(folder);
    }

    public string Assembly(string project) => Path.Combine(folder, project, $"Mano.{project}.dll");

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

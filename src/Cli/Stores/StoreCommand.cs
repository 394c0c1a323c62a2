using System.CommandLine;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;
using Mano.Mesh.State.Embedded;

namespace Mano.Cli.Stores;

/// <summary><c>mano store …</c>: the state of a process with an embedded store, as a file to keep (docs/operations/backup-and-restore.md).</summary>
internal static class StoreCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "store", "back up and restore the state of a MEO, MEPM or platform that keeps it itself", Backup(verbs), Restore(verbs));

    private static Argument<string> Data() => new("DATA") { Description = "the folder that the process is given with --data" };

    private static Option<string?> Packages() => new("--packages")
    {
        Description = "the folder of packages, of a MEO that is given one with --packages", HelpName = "DIR",
    };

    private static Command Backup(Verbs verbs)
    {
        var data = Data();
        var packages = Packages();
        var to = new Option<string>("--to") { Description = "the new file; a tar archive", HelpName = "FILE", Required = true };
        var withKey = new Option<bool>("--with-key") { Description = "a MEPM's key too: whoever has the file then has the credentials of its VIMs" };
        return verbs.Verb("backup", "copy one moment of a store, also while it is in use, to a file", [data, to, packages, withKey], async run =>
        {
            var folder = StoreFolder.Open(run.Get(data), run.Get(packages));
            var manifest = await StoreBackup.WriteAsync(folder, run.Get(to)!, run.Get(withKey), run.Surroundings.Clock, run.Stop);
            run.Answer(
                () => Documents.Of(manifest, StoreJson.Default.StoreManifest),
                console => console.Line($"{run.Get(to)}: {manifest.Store} at revision {manifest.Contents.Revision}, {manifest.Contents.Keys} keys, {manifest.Files.Count} files"));
            if (folder.Key is { } key)
            {
                run.Remark(run.Get(withKey)
                    ? "It holds the credentials of VIMs and the key they are encrypted with: keep it as you keep passwords."
                    : $"Credentials of VIMs are in it encrypted; their key is not ({key}, or where the MEPM has it from). Keep that apart, or add it with --with-key.");
            }

            return ExitCode.Done;
        });
    }

    private static Command Restore(Verbs verbs)
    {
        var file = new Argument<string>("FILE") { Description = "a file that 'mano store backup' wrote" };
        var data = new Option<string>("--data") { Description = "the folder that the process is given with --data; it must not be running", HelpName = "DIR", Required = true };
        var packages = Packages();
        var replace = new Option<bool>("--replace") { Description = "move the state that is there aside, instead of refusing" };
        return verbs.Verb("restore", "put a backup where a process will find it", [file, data, packages, replace], async run =>
        {
            var restored = await StoreRestore.RunAsync(
                run.Get(file), run.Get(data)!, run.Get(packages), run.Get(replace), run.Surroundings.Clock, run.Stop);
            run.Answer(() => Documents.Of(restored, StoreJson.Default.RestoreDocument), console =>
            {
                console.Line($"{restored.Manifest.Store} of {restored.Manifest.TakenAt:yyyy-MM-dd HH:mm:ss}Z, revision {restored.Manifest.Contents.Revision}, is in {run.Get(data)}");
                if (restored.MovedAside is { } aside)
                {
                    console.Line($"what was there is {aside}");
                }

                console.Line("start the process, then see 'After a restore' in docs/operations/backup-and-restore.md", "grey");
            });
            return ExitCode.Done;
        });
    }
}

/// <summary>The last entry of a backup: an archive without it is not whole.</summary>
/// <param name="Store">"meo", "mepm" or "platform".</param>
/// <param name="Files">Path in the archive, and SHA-256 in hex.</param>
internal sealed record StoreManifest(string Store, DateTimeOffset TakenAt, StoreContents Contents, IReadOnlyDictionary<string, string> Files);

/// <param name="MovedAside">Where the state went that was there.</param>
internal sealed record RestoreDocument(StoreManifest Manifest, string? MovedAside);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StoreManifest))]
[JsonSerializable(typeof(RestoreDocument))]
internal sealed partial class StoreJson : JsonSerializerContext;

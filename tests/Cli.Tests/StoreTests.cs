using System.Formats.Tar;
using Mano.Cli.Terminal;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary><c>mano store</c> on a MEO that runs.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Fact]
    public async Task A_backup_of_a_running_MEO_brings_back_its_packages_with_their_contents_on_another_folder()
    {
        await using (var meo = await StartMeo("meo"))
        {
            await Onboard(meo);
            var backup = await Run("store", "backup", folder.File("meo"), "--to", folder.File("kept.tar"));
            Assert.True(backup.Code == 0, backup.ToString());
            Assert.Contains("meo at revision", backup.Out, StringComparison.Ordinal);
            await Done(meo, "package", "disable", "quiet-echo");
        }

        var restore = await Run("store", "restore", folder.File("kept.tar"), "--data", folder.File("other"));
        Assert.True(restore.Code == 0, restore.ToString());
        await using var other = await StartMeo("other");
        var packages = await Done(other, "package", "list");
        Assert.Contains("ENABLED", packages.Out, StringComparison.Ordinal);
        // The contents are there too: a MEO that misses them says so.
        Assert.DoesNotContain("lost content", other.Log, StringComparison.Ordinal);
        Assert.Equal(Blobs("meo"), Blobs("other"));
        Assert.NotEmpty(Blobs("other"));
    }

    [Fact]
    public async Task A_restore_over_a_store_is_refused_unless_it_may_move_it_aside_and_while_the_process_runs_in_any_case()
    {
        await using (await StartMeo("meo"))
        {
            Assert.Equal(0, (await Run("store", "backup", folder.File("meo"), "--to", folder.File("kept.tar"))).Code);
            var running = await Run("store", "restore", folder.File("kept.tar"), "--data", folder.File("meo"), "--replace");
            Assert.Equal(ExitCode.Refused, running.Exit);
            Assert.Contains("is in use by process", running.Err, StringComparison.Ordinal);
        }

        var there = await Run("store", "restore", folder.File("kept.tar"), "--data", folder.File("meo"));
        Assert.Equal(ExitCode.Usage, there.Exit);
        Assert.Contains("--replace", there.Err, StringComparison.Ordinal);
        var replaced = await Run("store", "restore", folder.File("kept.tar"), "--data", folder.File("meo"), "--replace");
        Assert.True(replaced.Code == 0, replaced.ToString());
        Assert.Contains("before-restore-", replaced.Out, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(folder.File("meo"), "meo.db.before-restore-*Z"));
        await using var again = await StartMeo("meo");
    }

    [Fact]
    public async Task A_backup_that_was_cut_short_or_changed_or_holds_something_else_is_refused_and_nothing_is_touched()
    {
        await using (var meo = await StartMeo("meo"))
        {
            await Onboard(meo);
            Assert.Equal(0, (await Run("store", "backup", folder.File("meo"), "--to", folder.File("kept.tar"))).Code);
        }

        var whole = await File.ReadAllBytesAsync(folder.File("kept.tar"));
        await File.WriteAllBytesAsync(folder.File("short.tar"), whole[..(whole.Length / 2)]);
        var changed = whole.ToArray();
        changed[changed.AsSpan().IndexOf("SQLite format 3"u8) + 2_000] ^= 1; // in the store: a byte between two files of a tar means nothing
        await File.WriteAllBytesAsync(folder.File("changed.tar"), changed);
        await using (var tar = new TarWriter(File.Create(folder.File("foreign.tar"))))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "../escaped") { DataStream = new MemoryStream([1]) });
        }

        foreach (var bad in new[] { "short.tar", "changed.tar", "foreign.tar" })
        {
            var run = await Run("store", "restore", folder.File(bad), "--data", folder.File("fresh"));
            Assert.Equal(ExitCode.Usage, run.Exit);
            Assert.Contains("is not a whole backup", run.Err, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.File("fresh")));
        }

        Assert.False(File.Exists(folder.File("escaped")));
    }

    [Fact]
    public async Task A_folder_without_a_store_and_a_file_that_is_there_are_refused_in_a_sentence()
    {
        Directory.CreateDirectory(folder.File("empty"));
        var none = await Run("store", "backup", folder.File("empty"), "--to", folder.File("x.tar"));
        Assert.Equal(ExitCode.Usage, none.Exit);
        Assert.Contains("meo.db, mepm.db or platform.db", none.Err, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("empty", "meo.db"), "not a database");
        var foreign = await Run("store", "backup", folder.File("empty"), "--to", folder.File("x.tar"));
        Assert.NotEqual(0, foreign.Code);
        Assert.False(File.Exists(folder.File("x.tar")));
        await File.WriteAllTextAsync(folder.File("x.tar"), "");
        Assert.Contains("never written over", (await Run("store", "backup", folder.File("empty"), "--to", folder.File("x.tar"))).Err, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private Task<DaemonProcess> StartMeo(string name) => DaemonProcess.StartAsync("Meo", "--data", folder.File(name));

    private async Task Onboard(DaemonProcess meo)
    {
        await Done(meo, "package", "build", Path.Combine(Repository.Folder, "samples", "quiet-echo", "package"), "-o", folder.File("q.csar"));
        await Done(meo, "package", "onboard", folder.File("q.csar"));
    }

    private IEnumerable<string> Blobs(string name) =>
        Directory.EnumerateFiles(folder.File(name, "packages", "blobs"), "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).Order();

    private static Task<CommandRun> Run(params string[] arguments) => CommandRun.Of(arguments);

    private static async Task<CommandRun> Done(DaemonProcess meo, params string[] arguments)
    {
        var run = await CommandRun.Of(arguments, meo: meo.Ready["grpc"]);
        Assert.True(run.Code == 0, run.ToString());
        return run;
    }
}

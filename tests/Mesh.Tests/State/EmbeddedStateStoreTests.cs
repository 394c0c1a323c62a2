using System.Text;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Mano.Testing;

namespace Mano.Mesh.Tests.State;

public sealed class EmbeddedStateStoreTests : StateStoreContract
{
    private readonly TempFolder folder = new();

    private string File => folder.File("sub", "state.db");

    protected override Task<IStateStore> Open() => Task.FromResult<IStateStore>(OpenFile());

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    private EmbeddedStateStore OpenFile(string? path = null) =>
        EmbeddedStateStore.Open(new() { Path = path ?? File, RetainedRevisions = 200 }, Clock);

    [Fact]
    public void A_pause_that_the_engine_asks_for_is_not_rounded_up_to_a_second() => Assert.Equal(20, ShortPauses.Sleep(20));

    [Fact]
    public async Task Everything_is_there_after_a_restart_and_revisions_go_on()
    {
        var last = 0L;
        for (var i = 0; i < 10; i++)
        {
            last = (await Store.Commit(new Batch().Put($"k/{i}", "1"u8.ToArray()))).OrThrow();
        }

        last = (await Store.Commit(new Batch().Delete("k/9"))).OrThrow();
        var lease = (await Store.AcquireShard("s", "me", TimeSpan.FromHours(1))).Value;
        await Store.DisposeAsync();
        await using var again = OpenFile();
        Assert.Equal(9, (await again.Scan("k/")).Entries.Count);
        Assert.Equal(last, await again.CurrentRevision());
        Assert.True((await again.Commit(new Batch().Put("x", "1"u8.ToArray()).Under(lease.Fence))).OrThrow() > last);
        Assert.True((await again.AcquireShard("s", "me", TimeSpan.FromHours(1))).Value.Epoch > lease.Epoch);
    }

    [Fact]
    public async Task A_watch_resumes_from_the_file_after_a_restart()
    {
        for (var i = 0; i < 150; i++)
        {
            await Store.Commit(new Batch().Put($"k/{i % 10}", Encoding.UTF8.GetBytes($"{i}")).Put("other", "0"u8.ToArray()));
        }

        await Store.Commit(new Batch().Delete("k/0"));
        await Store.DisposeAsync();
        await using var again = OpenFile();
        var seen = new List<Change>();
        await foreach (var change in again.Watch("k/", 50))
        {
            seen.Add(change);
            if (seen.Count == 101)
            {
                break;
            }
        }

        Assert.True(seen[^1].IsDelete);
        seen.RemoveAt(100);
        Assert.Equal(Enumerable.Range(50, 100), seen.Select(c => int.Parse(Encoding.UTF8.GetString(c.Value!.Value.Span), null)));
    }

    [Fact]
    public async Task A_far_behind_watcher_gets_large_commits_whole_from_the_file()
    {
        for (var commit = 0; commit < 12; commit++)
        {
            var batch = new Batch();
            for (var i = 0; i < Batch.MaxKeys; i++)
            {
                batch.Put($"k/{i}", Encoding.UTF8.GetBytes($"{commit}"));
            }

            await Store.Commit(batch);
        }

        var seen = await Take("k/", 0, 12 * Batch.MaxKeys).Soon();
        Assert.All(seen.GroupBy(c => c.Revision), g => Assert.Equal(Batch.MaxKeys, g.Count()));
        Assert.Equal(seen.Select(c => c.Revision).Order(), seen.Select(c => c.Revision));
    }

    [Fact]
    public void A_second_store_on_the_same_file_is_refused_naming_the_holder()
    {
        var failure = Assert.Throws<FailureException>(() => OpenFile()).Failure;
        Assert.Equal(StateFailures.StoreLocked, failure.Reason);
        Assert.Contains($"process {Environment.ProcessId} ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_free_again_once_its_store_is_closed()
    {
        await Store.DisposeAsync();
        await OpenFile().DisposeAsync();
        await OpenFile().DisposeAsync();
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_in_one_sentence_and_left_alone()
    {
        var path = folder.File("not-a-store.db");
        System.IO.File.WriteAllText(path, new string('x', 5000));
        var failure = Assert.Throws<FailureException>(() => OpenFile(path)).Failure;
        Assert.Equal((FailureKind.Corrupt, StateFailures.StoreCorrupt), (failure.Kind, failure.Reason));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), System.IO.File.ReadAllText(path));
        Assert.Throws<FailureException>(() => OpenFile(path));
    }

    [Fact]
    public async Task A_store_with_damaged_pages_is_refused_as_damaged()
    {
        for (var i = 0; i < 300; i++)
        {
            await Store.Commit(new Batch().Put($"k/{i}", Encoding.UTF8.GetBytes($"\"{new string('v', 200)}\"")));
        }

        await Store.DisposeAsync();
        await using (var file = System.IO.File.OpenWrite(File))
        {
            file.Position = 4096 * 3;
            file.Write(Enumerable.Repeat((byte)0x5a, 8192).ToArray());
        }

        Assert.Equal(StateFailures.StoreCorrupt, Assert.Throws<FailureException>(() => OpenFile()).Failure.Reason);
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        var path = folder.File("foreign.db");
        using (var foreign = new SqliteConnection(path, readOnly: false))
        {
            foreign.Execute("CREATE TABLE songs (title TEXT)");
        }

        var failure = Assert.Throws<FailureException>(() => OpenFile(path)).Failure;
        Assert.Equal(StateFailures.StoreSchema, failure.Reason);
        Assert.Contains("another program", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_a_later_release_is_refused_with_both_versions()
    {
        await Store.DisposeAsync();
        using (var later = new SqliteConnection(File, readOnly: false))
        {
            later.Execute("PRAGMA user_version = 7");
        }

        var failure = Assert.Throws<FailureException>(() => OpenFile()).Failure;
        Assert.Contains("schema version 7", failure.Message, StringComparison.Ordinal);
        Assert.Contains("version 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        System.IO.File.WriteAllText(folder.File("plain"), "");
        var failure = Assert.Throws<FailureException>(() => OpenFile(folder.File("plain", "state.db"))).Failure;
        Assert.Equal(StateFailures.StoreUnavailable, failure.Reason);
    }

    [Fact]
    public async Task Values_replaced_after_compaction_leave_no_rows_behind()
    {
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Store.Commit(new Batch().Put($"k/{i % 50}", "1"u8.ToArray())).AsTask()));
        }

        await Store.DisposeAsync();
        using var file = new SqliteConnection(File, readOnly: true);
        var rows = int.Parse(file.Query("SELECT count(*) FROM history")!, null);
        Assert.InRange(rows, 50, 1300);
        Assert.Equal("50", file.Query("SELECT count(*) FROM entries"));
    }

    [Fact]
    public async Task What_is_stored_can_be_read_with_the_sqlite_shell()
    {
        await Store.Commit(new Batch().Put("app/1", """{"name":"logic0"}"""u8.ToArray()));
        using var file = new SqliteConnection(File, readOnly: true);
        Assert.Equal("""{"name":"logic0"}""", file.Query("SELECT value FROM entries WHERE key = 'app/1'"));
    }
}

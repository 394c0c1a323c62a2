using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Mano.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Sagas.Tests;

/// <summary>
/// A real process with the embedded store, killed with SIGKILL again and again while operations run forward and unwind. Their
/// effects are files, which outlive it.
/// </summary>
public sealed class EngineKilledTests
{
    private const int Rounds = 4;

    [Fact]
    public async Task However_often_it_is_killed_every_accepted_operation_ends_whole_or_without_a_trace()
    {
        using var folder = new TempFolder();
        var accepted = new HashSet<string>();
        var interrupted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            await using var engine = ChildProcess.StartDotnet(typeof(EngineKilledTests).Assembly.Location, "operate-for-ever", folder.FullPath, $"{round}");
            await Eventually.Is(() => engine.Output.Count > 150 || engine.HasExited);
            Assert.False(engine.HasExited, string.Join('\n', engine.Errors));
            await engine.Kill();
            accepted.UnionWith(engine.Output.SkipLast(1));
            await using var left = EmbeddedStateStore.Open(new() { Path = folder.File("state.db") }, TimeProvider.System);
            interrupted += (await left.Scan("operation-open/")).Entries.Count;
        }

        Assert.NotEqual(0, interrupted);

        await using var store = EmbeddedStateStore.Open(new() { Path = folder.File("state.db") }, TimeProvider.System);
        await using var last = NewEngine(store, folder.FullPath);
        await last.Start();
        await Eventually.Is(async () => (await store.Scan("operation-open/")).Entries.Count == 0);
        var records = new Dictionary<string, OperationRecord>();
        await foreach (var stored in last.Operations.List("default"))
        {
            records.Add(stored.Value.Id, stored.Value);
        }

        Assert.Empty(accepted.Except(records.Keys));
        Assert.All(records.Values, record => AssertWholeOrGone(folder, record));
        Assert.Contains(records.Values, record => record.State == OperationState.RolledBack);
        Assert.Contains(records.Values, record => record.State == OperationState.Completed);
        Assert.Empty((await store.Scan("operation-subject/")).Entries);
    }

    /// <summary>What the killed process runs.</summary>
    internal static async Task<int> OperateForEver(string folder, string round)
    {
        var store = EmbeddedStateStore.Open(new() { Path = Path.Combine(folder, "state.db"), Durability = Durability.Process }, TimeProvider.System);
        var engine = NewEngine(store, folder);
        await engine.Start();
        for (var n = 0; ; n++)
        {
            var id = $"r{round}-{n:d6}";
            var outcome = await engine.Accept<FilesOperation, string>(new()
            {
                Id = id, Tenant = "default", Subject = $"files/{id}", Input = id, Timeout = TimeSpan.FromMinutes(5),
            });
            _ = outcome.Value;
            Console.Out.Write(id + "\n");
            Console.Out.Flush();
        }
    }

    private static SagaEngine NewEngine(EmbeddedStateStore store, string folder) => new(
        store, [OperationTable.Of<FilesOperation, string>(new(folder))], new(), TimeProvider.System, NullLogger<SagaEngine>.Instance);

    private static void AssertWholeOrGone(TempFolder folder, OperationRecord record)
    {
        var files = Directory.GetFiles(folder.FullPath, $"{record.Id}.*").Length;
        Assert.Equal(record.Id.EndsWith('3') ? OperationState.RolledBack : OperationState.Completed, record.State);
        Assert.Equal(record.State == OperationState.Completed ? 3 : 0, files);
    }

    /// <summary>Makes three files one after the other; the third is refused for some.</summary>
    private sealed class FilesOperation(string folder) : IOperation<string>
    {
        public static string Name => "test.files.v1";

        public static JsonTypeInfo<string> InputType => TestJson.Default.String;

        public void Describe(SagaBuilder<string> saga) => saga
            .Effect(StepKey.Plain("one"), Ensure("one"), undo: DeleteIfAny("one"))
            .Effect(StepKey.Plain("two"), Ensure("two"), undo: DeleteIfAny("two"))
            .Effect(StepKey.Plain("three"), EnsureThird, undo: DeleteIfAny("three"));

        private StepEffect<string, Done> Ensure(string part) => async (step, cancel) =>
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{step.Input}.{part}"), "", cancel);
            return Done.It;
        };

        private StepUndo<string> DeleteIfAny(string part) => async (step, _) =>
        {
            await Task.Yield();
            File.Delete(Path.Combine(folder, $"{step.Input}.{part}"));
        };

        private async Task<Outcome<Done>> EnsureThird(StepContext<string> step, CancellationToken cancel)
        {
            await Ensure("three")(step, cancel);
            return step.Input.EndsWith('3') ? Failure.NoCapacity("FULL", "No third file for this one.") : Done.It;
        }
    }
}

using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas;

/// <summary>
/// Accepts operations and runs those of the shards it owns to their end, whatever happens to the process in between.
/// README.md beside this file shows how to declare and accept one.
/// </summary>
public sealed class SagaEngine : IAsyncDisposable
{
    private readonly Dictionary<string, OperationTable> tables;
    private readonly OperationAcceptor acceptor;
    private readonly OperationRequests requests;
    private readonly OperationDispatcher dispatcher;
    private readonly OperationGauges gauges;
    private readonly ILogger log;

    public SagaEngine(IStateStore store, IEnumerable<OperationTable> tables, SagaOptions options, TimeProvider clock, ILogger<SagaEngine> log)
    {
        this.tables = ByName(tables);
        this.log = log;
        acceptor = new(store, options, clock);
        requests = new(store, this.tables, clock);
        Operations = new(store);
        dispatcher = new(Operations, this.tables, options, clock, log);
        gauges = new(() => dispatcher.Unfinished, options, clock);
    }

    /// <summary>Reads and watches operations.</summary>
    public OperationReader Operations { get; }

    /// <summary>Operations that this process is running at the moment.</summary>
    public int InFlight => dispatcher.InFlight;

    /// <summary>Those operations, as they stand.</summary>
    public IReadOnlyList<OperationRecord> Unfinished => dispatcher.Unfinished;

    /// <summary>Takes the shards and goes on with every operation that has not ended. Completes when those are running again.</summary>
    public Task Start(CancellationToken cancel = default) => dispatcher.Start(cancel);

    /// <summary>
    /// Accepts an operation: durable, with the caller's own keys, when this completes. Refused with OPERATION_RUNNING (its subject is the
    /// running one's id), IDEMPOTENCY_KEY_REUSED, OPERATION_EXISTS, or VERSION_CONFLICT on a key of the caller's.
    /// </summary>
    public async Task<Outcome<AcceptedOperation>> Accept<TOperation, TInput>(NewOperation<TInput> wanted, CancellationToken cancel = default)
        where TOperation : IOperation<TInput>
    {
        var table = TableFor<TOperation, TInput>(wanted);
        var outcome = await acceptor.Accept(table, TOperation.InputType, wanted, cancel);
        if (outcome.TryGet(out var accepted, out _) && !accepted.IsRepeat)
        {
            Log.Accepted(log, wanted.Id, table.Name, wanted.Subject);
            dispatcher.Begin(accepted.Operation);
        }

        return outcome;
    }

    /// <summary>
    /// Makes an operation ready to be accepted with others (<see cref="AcceptAll"/>). It displaces nobody, and has no idempotency key of its
    /// own: what the whole is remembered by belongs into the <see cref="NewOperation{TInput}.Together"/> of one of them.
    /// </summary>
    public PreparedOperation Prepare<TOperation, TInput>(NewOperation<TInput> wanted)
        where TOperation : IOperation<TInput> => acceptor.Prepare(TableFor<TOperation, TInput>(wanted), TOperation.InputType, wanted);

    /// <summary>
    /// Accepts several operations, of different subjects, in one commit: all or none. They are run each by itself from then on. Refused with
    /// OPERATION_RUNNING if anything is at work on one of the subjects, OPERATION_EXISTS, or VERSION_CONFLICT on a key of the caller's.
    /// </summary>
    public async Task<Outcome<IReadOnlyList<Stored<OperationRecord>>>> AcceptAll(IReadOnlyList<PreparedOperation> wanted, CancellationToken cancel = default)
    {
        var outcome = await acceptor.AcceptAll(wanted, cancel);
        if (outcome.TryGet(out var accepted, out _))
        {
            foreach (var operation in accepted)
            {
                Log.Accepted(log, operation.Value.Id, operation.Value.Name, operation.Value.Subject);
                dispatcher.Begin(operation);
            }
        }

        return outcome;
    }

    /// <summary>Asks an operation to stop: its step is interrupted and everything started is undone. Repeating it is fine.</summary>
    public Task<Outcome<Stored<OperationRecord>>> Cancel(string tenant, string id, string by, Batch? together = null, CancellationToken cancel = default) =>
        requests.Ask(tenant, id, AskKind.Cancel, by, together, cancel);

    /// <summary>In NeedsAttention: tries the step that gave up again.</summary>
    public Task<Outcome<Stored<OperationRecord>>> Retry(string tenant, string id, string by, Batch? together = null, CancellationToken cancel = default) =>
        requests.Ask(tenant, id, AskKind.Retry, by, together, cancel);

    /// <summary>In NeedsAttention: gives the operation up as it is; what its steps left behind is for the person to remove.</summary>
    public Task<Outcome<Stored<OperationRecord>>> Fail(string tenant, string id, string by, Batch? together = null, CancellationToken cancel = default) =>
        requests.Ask(tenant, id, AskKind.Fail, by, together, cancel);

    /// <summary>Stops running; operations stay where they are, for the next start or another owner.</summary>
    public ValueTask DisposeAsync()
    {
        gauges.Dispose();
        return dispatcher.DisposeAsync();
    }

    private OperationTable TableFor<TOperation, TInput>(NewOperation<TInput> wanted)
        where TOperation : IOperation<TInput>
    {
        if (wanted.Timeout <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(wanted), wanted.Timeout, "An operation needs time: its timeout must be positive.");
        }

        return tables.TryGetValue(TOperation.Name, out var found)
            ? found
            : throw new ArgumentException($"Operation {TOperation.Name} is not registered; known are: {string.Join(", ", tables.Keys.Order())}.");
    }

    private static Dictionary<string, OperationTable> ByName(IEnumerable<OperationTable> tables)
    {
        var named = new Dictionary<string, OperationTable>();
        foreach (var table in tables)
        {
            if (!named.TryAdd(table.Name, table))
            {
                throw new ArgumentException($"Two operations are named {table.Name}; a name is stored with running operations and must be unique.");
            }
        }

        return named;
    }
}

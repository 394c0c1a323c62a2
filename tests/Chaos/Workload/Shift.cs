namespace Mano.Chaos.Workload;

/// <summary>Lets clients work, and calls them to rest: each finishes what it has begun first.</summary>
internal sealed class Shift
{
    private readonly Lock gate = new();
    private readonly HashSet<string> working = [];
    private TaskCompletionSource work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int present;

    /// <summary>Who has not come to rest yet.</summary>
    public IReadOnlyList<string> Working
    {
        get
        {
            lock (gate)
            {
                return [.. working.Order(StringComparer.Ordinal)];
            }
        }
    }

    public void Enlist(string client)
    {
        lock (gate)
        {
            present++;
            working.Add(client);
        }
    }

    /// <summary>Called by a client between two pieces of work; returns when it may go on.</summary>
    public async Task MayGoOn(string client, CancellationToken cancel)
    {
        Task go;
        lock (gate)
        {
            go = work.Task;
            if (go.IsCompleted)
            {
                return;
            }

            working.Remove(client);
            if (working.Count == 0)
            {
                rest.TrySetResult();
            }
        }

        await go.WaitAsync(cancel);
        lock (gate)
        {
            working.Add(client);
        }
    }

    public void Begin()
    {
        lock (gate)
        {
            rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
            work.TrySetResult();
        }
    }

    /// <summary>Calls everybody to rest; the task ends when all are.</summary>
    public Task End()
    {
        lock (gate)
        {
            if (work.Task.IsCompleted)
            {
                work = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (present == 0 || working.Count == 0)
            {
                rest.TrySetResult();
            }

            return rest.Task;
        }
    }
}

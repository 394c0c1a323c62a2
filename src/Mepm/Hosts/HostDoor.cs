namespace Mano.Mepm.Hosts;

/// <summary>Who brings an instance to a host goes through here; whoever takes the host away closes it and waits for those inside.</summary>
internal sealed class HostDoor
{
    private readonly Lock gate = new();
    private TaskCompletionSource? closed;
    private int inside;

    /// <summary>False: the host is being taken away.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            inside += closed is null ? 1 : 0;
            return closed is null;
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            if (--inside == 0)
            {
                closed?.TrySetResult();
            }
        }
    }

    /// <summary>Lets nobody in any more; done when nobody is inside.</summary>
    public Task Close()
    {
        lock (gate)
        {
            closed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (inside == 0)
            {
                closed.TrySetResult();
            }

            return closed.Task;
        }
    }

    public void Open()
    {
        lock (gate)
        {
            closed = null;
        }
    }
}

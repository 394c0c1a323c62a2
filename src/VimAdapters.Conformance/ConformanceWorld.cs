using System.Globalization;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>What a check works with: the open adapter, specs and ids, and words to say what must be.</summary>
public sealed class ConformanceWorld : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static long worlds = TimeProvider.System.GetUtcNow().UtcTicks;
    private readonly string run = "-" + Interlocked.Increment(ref worlds).ToString("x12", CultureInfo.InvariantCulture);
    private long number;

    private ConformanceWorld(ConformanceSubject subject, IVimAdapter vim, VimCapabilities capabilities) =>
        (Subject, Vim, Capabilities) = (subject, vim, capabilities);

    public ConformanceSubject Subject { get; }

    public IVimAdapter Vim { get; private set; }

    public VimCapabilities Capabilities { get; }

    /// <summary>Ids that no check had before: a VIM remembers the numbers of what it deleted.</summary>
    public string A => Id("a");

    public string B => Id("b");

    public string C => Id("c");

    /// <summary>Ends with the check's patience, so that a call that hangs is a failure and not a hang.</summary>
    public CancellationToken Patience => new CancellationTokenSource(Subject.Patience).Token;

    public static async Task<ConformanceWorld> OpenAsync(ConformanceSubject subject)
    {
        var vim = await subject.Open();
        return new(subject, vim, await vim.GetCapabilitiesAsync(CancellationToken.None));
    }

    /// <summary>An id of this check alone.</summary>
    public string Id(string name) => name + run;

    /// <summary>A number greater than all before.</summary>
    public long Next() => ++number;

    public ComputeSpec Spec(string app = "app") => new()
    {
        Name = app,
        Images = [Subject.Image.Image],
        Resources = Subject.Small,
        Labels = new("tenant-1", app),
        Ports = [new("web", Transport.Tcp, 18080)],
        Environment = new Dictionary<string, string> { ["COLOUR"] = "blue 'n' \"green\" $HOME\nsecond line" },
        RestartPolicy = RestartPolicy.Never,
    };

    /// <summary>The image is in the VIM and so is a running compute of that id.</summary>
    public async Task<Compute> RunningAsync(string id, ComputeSpec? spec = null)
    {
        await Vim.EnsureImageAsync(Subject.Image, Patience);
        await Vim.EnsureComputeAsync(id, Next(), spec ?? Spec(), Patience);
        return await ReachesAsync(id, ComputeState.Running);
    }

    public Task<Compute> ReachesAsync(string id, ComputeState state) => ReachesAsync(id, state.ToString(), c => c.State == state);

    public async Task<Compute> ReachesAsync(string id, string what, Func<Compute, bool> isThere)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var compute = await Vim.GetComputeAsync(id, Patience);
            if (compute is not null && isThere(compute))
            {
                return compute;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Subject.Patience)
            {
                throw new NotConformingException($"{id} did not reach {what}; it is {(compute is null ? "not there" : $"{compute.State}: {compute.Reason}")}.");
            }

            await Task.Delay(Step, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Closes the adapter and opens it again, as a MEPM that restarts.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        Vim = await Subject.Open();
    }

    public static async Task RefusedAsync(FailureKind kind, Func<Task> call, string situation)
    {
        try
        {
            await call();
        }
        catch (FailureException e) when (e.Failure.Kind == kind)
        {
            True(e.Failure.Message.Length > 0, $"{situation}: the refusal says nothing");
            return;
        }
        catch (FailureException e)
        {
            throw new NotConformingException($"{situation}: refused as {e.Failure.Kind} ({e.Failure.Message}); {kind} would be right.");
        }

        throw new NotConformingException($"{situation}: was let through; {kind} would be right.");
    }

    public static void True(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new NotConformingException(otherwise);
        }
    }

    public static void Equal<T>(T expected, T actual, string what) =>
        True(EqualityComparer<T>.Default.Equals(expected, actual), string.Create(CultureInfo.InvariantCulture, $"{what} is {actual}; {expected} would be right."));

    public Task<Compute[]> TimesAsync(Func<Task<Compute>> call) =>
        Task.WhenAll(Enumerable.Range(0, Subject.Repetitions).Select(_ => Task.Run(call)));

    /// <summary>Removes what the check left, and fails when that cannot be done: every check proves a clean end.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var compute in await Vim.ListComputesAsync(Patience))
        {
            await Vim.DeleteComputeIfAnyAsync(compute.ComputeId, 1_000_000, Patience);
        }

        foreach (var image in await Vim.ListImagesAsync(Patience))
        {
            await Vim.DeleteImageIfAnyAsync(image.Image.Digest, Patience);
        }

        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        if (Vim is IAsyncDisposable later)
        {
            await later.DisposeAsync();
        }
        else
        {
            (Vim as IDisposable)?.Dispose();
        }
    }
}

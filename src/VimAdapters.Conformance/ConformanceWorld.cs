using System.Globalization;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>What a check works with: the open adapter, specs and ids, and words to say what must be.</summary>
public sealed class ConformanceWorld
{
    /// <summary>The tenant of everything that the checks make; by it, and by <see cref="Prefix"/>, leftovers are known.</summary>
    public const string Tenant = "mano-conformance";

    /// <summary>What ids of the checks begin with, where a check does not need another one.</summary>
    public const string Prefix = "mano-kit-";

    private static readonly TimeSpan FirstStep = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);
    private static long worlds = TimeProvider.System.GetUtcNow().UtcTicks;
    private readonly ConformanceSession session;
    private long number;

    internal ConformanceWorld(ConformanceSession session) => this.session = session;

    public ConformanceSubject Subject => session.Subject;

    public IVimAdapter Vim => session.Vim;

    public VimCapabilities Capabilities => session.Capabilities;

    /// <summary>Unlike any other: a VIM remembers the numbers of what it deleted.</summary>
    public string Run { get; } = "-" + Interlocked.Increment(ref worlds).ToString("x12", CultureInfo.InvariantCulture);

    public string A => Id("a");

    public string B => Id("b");

    public string C => Id("c");

    /// <summary>Ends with the check's patience, so that a call that hangs is a failure and not a hang; and when the whole run is called off.</summary>
    public CancellationToken Patience => session.Patience();

    /// <summary>An id of this check alone.</summary>
    public string Id(string name) => Prefix + name + Run;

    /// <summary>A number greater than all before.</summary>
    public long Next() => Interlocked.Increment(ref number);

    public ComputeSpec Spec(string app = "app") => new()
    {
        Name = app,
        Images = [Subject.Image.Image],
        Resources = Subject.Small,
        Labels = new(Tenant, app),
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

    public Task<Compute> ReachesAsync(string id, ComputeState state) => ReachesAsync(id, state.ToString().ToUpperInvariant(), c => c.State == state);

    public async Task<Compute> ReachesAsync(string id, string what, Func<Compute, bool> isThere)
    {
        // What came is the last answer, which the finding shows.
        NotConformingException NotReached() => new("", $"{what} within {Subject.Patience.TotalSeconds:0} s");
        Compute? compute = null;
        await EventuallyAsync(async () =>
        {
            compute = await Vim.GetComputeAsync(id, Patience);
            var isOver = compute is { State: ComputeState.Failed, Spec.RestartPolicy: RestartPolicy.Never };
            return compute is not null && isThere(compute) || (isOver ? throw NotReached() : false);
        }, NotReached);
        return compute!;
    }

    /// <summary>Looks, seldom and seldomer, until it is so.</summary>
    public async Task EventuallyAsync(Func<Task<bool>> isSo, Func<NotConformingException> otherwise)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var step = FirstStep; !await isSo(); step = step * 2 < LongestStep ? step * 2 : LongestStep)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Subject.Patience)
            {
                throw otherwise();
            }

            await Task.Delay(step, TimeProvider.System, session.Stop);
        }
    }

    /// <summary>The computes that the checks made, by id; what others have in the VIM is none of theirs.</summary>
    public async Task<IReadOnlyList<Compute>> OursAsync() => [.. (await Vim.ListComputesAsync(Patience)).Where(ConformanceSession.IsOurs)];

    /// <summary>How much is taken now.</summary>
    public async Task<VimResources> UsedAsync() => (await Vim.GetCapacityAsync(Patience)).Used;

    /// <summary>The image is not in the VIM. Not to be had where it was there before the checks came.</summary>
    public async Task WithoutImageAsync()
    {
        var digest = Subject.Image.Image.Digest;
        if (session.ImagesBefore.Contains(digest))
        {
            throw new NotShownException("the image was in the VIM before and is left there; --image with another one shows it");
        }

        await Vim.DeleteImageIfAnyAsync(digest, Patience);
    }

    /// <summary>Closes the adapter and opens it again, as a MEPM that restarts.</summary>
    public Task RestartAsync() => Subject.WhyNoRestart.Length > 0 ? throw new NotShownException(Subject.WhyNoRestart) : session.ReopenAsync();

    /// <summary>Skips the check where it is claimed: it is about those who do not.</summary>
    public void IsNotClaimed(VimCapability capability)
    {
        if (Capabilities.Has(capability))
        {
            throw new NotShownException($"does not apply: {capability} is claimed");
        }
    }

    public Task<Compute[]> TimesAsync(Func<Task<Compute>> call) =>
        Task.WhenAll(Enumerable.Range(0, Subject.Repetitions).Select(_ => Task.Run(call)));

    /// <summary>Repeats while the answer is that another call for the key runs.</summary>
    public async Task<T> RetryBusyAsync<T>(Func<Task<T>> call)
    {
        T? result = default;
        await EventuallyAsync(async () =>
        {
            try
            {
                result = await call();
                return true;
            }
            catch (FailureException e) when (e.Failure is { Kind: FailureKind.Conflict, Retryable: true })
            {
                return false;
            }
        }, () => new("another call for the key is said to run, without end", "ABORTED (retryable) only while one runs"));
        return result!;
    }

    /// <inheritdoc cref="RetryBusyAsync{T}"/>
    public Task RetryBusyAsync(Func<Task> call) => RetryBusyAsync(async () =>
    {
        await call();
        return true;
    });

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
            throw new NotConformingException($"{situation}: {Words.Code(e.Failure)} ({e.Failure.Message})", Words.Code(kind));
        }

        throw new NotConformingException($"{situation}: it was let through", Words.Code(kind));
    }

    /// <summary>Refused as ABORTED, and not as something that may be tried again.</summary>
    public static async Task StaleAsync(Func<Task> call, string situation)
    {
        await RefusedAsync(FailureKind.Conflict, call, situation);
        try
        {
            await call();
        }
        catch (FailureException e)
        {
            True(!e.Failure.Retryable, $"{situation}: the refusal says that a retry may help", "ABORTED, not retryable");
        }
    }

    public static void True(bool condition, string otherwise, string right = "")
    {
        if (!condition)
        {
            throw new NotConformingException(otherwise, right);
        }
    }

    public static void Equal<T>(T expected, T actual, string what) =>
        True(EqualityComparer<T>.Default.Equals(expected, actual), $"{what}: {Shown(actual)}", Shown(expected));

    private static string Shown(object? value) => value switch
    {
        null => "nothing",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}

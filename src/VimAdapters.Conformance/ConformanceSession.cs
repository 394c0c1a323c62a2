using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>One adapter, opened, and checks run against it one after the other. Every check leaves the VIM as it found it.</summary>
public sealed class ConformanceSession : IAsyncDisposable
{
    private AskedVim vim;

    private ConformanceSession(ConformanceSubject subject, AskedVim vim, VimCapabilities capabilities, CancellationToken stop) =>
        (Subject, this.vim, Capabilities, Stop) = (subject, vim, capabilities, stop);

    public ConformanceSubject Subject { get; }

    public VimCapabilities Capabilities { get; }

    /// <summary>What was in the VIM's image store before; it stays there.</summary>
    internal HashSet<string> ImagesBefore { get; } = new(StringComparer.Ordinal);

    internal CancellationToken Stop { get; }

    internal IVimAdapter Vim => vim;

    /// <summary>Opens the adapter, and removes what an earlier run left in its VIM.</summary>
    /// <exception cref="FailureException">The adapter does not answer.</exception>
    public static async Task<ConformanceSession> OpenAsync(ConformanceSubject subject, CancellationToken stop)
    {
        var vim = new AskedVim(await subject.Open());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(subject.Patience);
        try
        {
            return new(subject, vim, await vim.GetCapabilitiesAsync(patience.Token), stop);
        }
        catch (Exception e)
        {
            await subject.Close(vim.Inner);
            if (e is OperationCanceledException && !stop.IsCancellationRequested)
            {
                throw new FailureException(NoAnswer(subject.Name, subject.Patience), e);
            }

            throw;
        }
    }

    /// <summary>The adapter did not even say what it can do.</summary>
    public static Failure NoAnswer(string name, TimeSpan patience) =>
        Failure.DeadlineExceeded("VIM_KIT_NO_ANSWER", $"The adapter did not answer GetCapabilities within {patience.TotalSeconds:0.###} s; a longer --patience, or a look at its log, would be right.", name);

    /// <summary>What the checks, of this run or of another, made.</summary>
    public static bool IsOurs(Compute compute) =>
        compute.Spec.Labels.Tenant == ConformanceWorld.Tenant || compute.ComputeId.StartsWith(ConformanceWorld.Prefix, StringComparison.Ordinal);

    /// <summary>Removes what an earlier run left, and looks at which images are there.</summary>
    /// <returns>What could not be removed, in sentences.</returns>
    public async Task<IReadOnlyList<string>> BeginAsync()
    {
        var left = await new LeftoverSweep(this, vim, IsOurImage).RunAsync();
        foreach (var image in await vim.ListImagesAsync(Patience()))
        {
            ImagesBefore.Add(image.Image.Digest);
        }

        vim.Forget();
        return left;
    }

    /// <summary>Runs one check, and cleans up after it.</summary>
    /// <exception cref="OperationCanceledException">The run was called off; what the check made was removed.</exception>
    public async Task<ConformanceResult> RunAsync(ConformanceCheck check)
    {
        Stop.ThrowIfCancellationRequested();
        var started = TimeProvider.System.GetTimestamp();
        var missing = check.Needs.Where(n => !Capabilities.Has(n)).ToArray();
        if (missing.Length > 0)
        {
            return new(check, ConformanceVerdict.Skipped, $"not claimed: {string.Join(", ", missing)}", TimeSpan.Zero);
        }

        vim.Forget();
        var (verdict, finding) = await JudgeAsync(check);
        var left = await new LeftoverSweep(this, vim, _ => false).RunAsync();
        Stop.ThrowIfCancellationRequested();
        if (verdict == ConformanceVerdict.Passed && left.Count > 0)
        {
            (verdict, finding) = (ConformanceVerdict.Failed, new("to leave the VIM as it was", string.Join(" ", left), "a clean end"));
        }

        var detail = verdict switch
        {
            ConformanceVerdict.Passed => "",
            ConformanceVerdict.Skipped => finding!.Came,
            _ => $"asked: {finding!.Asked}; came: {finding.Came}{(finding.Right.Length > 0 ? $"; right would be: {finding.Right}" : "")}; {check.Rules[0]}",
        };
        return new(check, verdict, detail, TimeProvider.System.GetElapsedTime(started), verdict == ConformanceVerdict.Failed ? finding : null);
    }

    /// <summary>Removes everything that the checks put into the VIM, images too.</summary>
    /// <returns>What could not be removed, in sentences.</returns>
    public Task<IReadOnlyList<string>> EndAsync() => new LeftoverSweep(this, vim, digestOrName => IsOurImage(digestOrName) || IsOfSubject(digestOrName)).RunAsync();

    public ValueTask DisposeAsync() => Subject.Close(vim.Inner);

    internal CancellationToken Patience(CancellationToken? stop = null)
    {
#pragma warning disable CA2000 // it is let go when its time is up; a check asks for a few hundred
        var patience = CancellationTokenSource.CreateLinkedTokenSource(stop ?? Stop);
#pragma warning restore CA2000
        patience.CancelAfter(Subject.Patience);
        return patience.Token;
    }

    internal async Task ReopenAsync()
    {
        await Subject.Close(vim.Inner);
        vim = new AskedVim(await Subject.Open());
    }

    private bool IsOurImage(VimImage image) => image.Image.Name.StartsWith(ConformanceWorld.Prefix, StringComparison.Ordinal);

    private bool IsOfSubject(VimImage image) => !ImagesBefore.Contains(image.Image.Digest)
        && (image.Image.Digest == Subject.Image.Image.Digest || image.Image.Digest == Subject.EndingImage?.Image.Digest || image.Image.Digest == Subject.Chart?.Image.Digest);

    private async Task<(ConformanceVerdict Verdict, ConformanceFinding? Finding)> JudgeAsync(ConformanceCheck check)
    {
        try
        {
            await check.Run(new(this));
            return (ConformanceVerdict.Passed, null);
        }
        catch (NotShownException e)
        {
            return (ConformanceVerdict.Skipped, new("", e.Message, ""));
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            return (ConformanceVerdict.Skipped, new("", "the run was called off", ""));
        }
        catch (NotConformingException e)
        {
            var (asked, came) = vim.Last;
            return (ConformanceVerdict.Failed, new(asked, e.Message.Length == 0 ? came : came.Length == 0 || e.Message.Contains(came, StringComparison.Ordinal) ? e.Message : $"{e.Message} (the last answer: {came})", e.Right));
        }
        catch (FailureException e)
        {
            return (ConformanceVerdict.Failed, new(vim.Last.Asked, $"{Words.Code(e.Failure)} ({e.Failure})", "OK"));
        }
        catch (OperationCanceledException)
        {
            return (ConformanceVerdict.Failed, new(vim.Last.Asked, $"no answer within {Subject.Patience.TotalSeconds:0} s", "an answer"));
        }
#pragma warning disable CA1031 // whatever else an adapter throws is the finding
        catch (Exception e)
        {
            return (ConformanceVerdict.Failed, new(vim.Last.Asked, $"the adapter threw {e}", "an answer, or a failure of the contract"));
        }
#pragma warning restore CA1031
    }
}

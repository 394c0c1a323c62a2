using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>Where calls meet latency and faults: some on the way in, some on the way out.</summary>
internal sealed class SimulatedBorder(SimulatedVimOptions options, SimulatedFaults faults, TimeProvider clock, Action scriptMoved)
{
    /// <summary>The way in: after it the effect follows, unless it throws.</summary>
    public async Task<SimulatedFault> EnterAsync(VimCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.ExtraLatency > TimeSpan.Zero)
        {
            await Task.Delay(options.ExtraLatency, clock, cancellationToken);
        }

        var fault = faults.Next(call);
        scriptMoved();
        switch (fault)
        {
            case SimulatedFault.Fail:
                throw VimFailures.CannotReach(SimulatedVim.AdapterName, $"The simulated VIM did not take {call}.").ToException();
            case SimulatedFault.NoCapacity:
                throw VimFailures.NoRoom(SimulatedVim.AdapterName, $"The simulated VIM has no room for {call}.").ToException();
            case SimulatedFault.Nonsense:
                throw Failure.Internal("VIM_NONSENSE", $"The simulated VIM answered {call} with nonsense.", SimulatedVim.AdapterName).ToException();
            case SimulatedFault.Hang:
                await HangAsync(cancellationToken);
                break;
        }

        return fault;
    }

    /// <summary>The way out: the effect is there, whether the caller learns of it or not.</summary>
    public async Task LeaveAsync(SimulatedFault fault, CancellationToken cancellationToken)
    {
        if (fault == SimulatedFault.LoseReply)
        {
            throw VimFailures.CannotReach(SimulatedVim.AdapterName, "The simulated VIM did it, and its reply got lost.").ToException();
        }

        if (fault == SimulatedFault.HangAfterEffect)
        {
            await HangAsync(cancellationToken);
        }
    }

    private Task HangAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
}

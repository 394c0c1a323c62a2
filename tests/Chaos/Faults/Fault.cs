using System.Globalization;

namespace Mano.Chaos.Faults;

/// <summary>What can be done to the system.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL, and started again after <see cref="Fault.For"/>.</summary>
    Kill,

    /// <summary>SIGKILL, started, and SIGKILL again while it starts.</summary>
    KillTwice,

    /// <summary>SIGTERM, as an upgrade does it: it must end by itself, with 0; started again after <see cref="Fault.For"/>.</summary>
    Stop,

    /// <summary>SIGSTOP, and SIGCONT after <see cref="Fault.For"/>.</summary>
    Pause,

    /// <summary>A link is cut.</summary>
    Cut,

    /// <summary>A link accepts and carries nothing.</summary>
    Blackhole,

    /// <summary>A link is slow.</summary>
    Slow,
}

/// <summary>One fault: to what, for how long.</summary>
internal sealed record Fault(FaultKind Kind, string Target, TimeSpan For)
{
    public bool IsKill => Kind is FaultKind.Kill or FaultKind.KillTwice;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Target} for {For.TotalSeconds:0.00} s");
}

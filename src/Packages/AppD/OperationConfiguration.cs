namespace Mano.Packages.AppD;

/// <summary>Times for a graceful termination, in seconds (MEC 010-2 §6.2.1.15).</summary>
public sealed record TerminateAppInstanceOpConfig(
    int MinGracefulTerminationTimeout, int? MaxRecommendedGracefulTerminationTimeout, IReadOnlyList<string> Parameter);

/// <summary>Times for a graceful stop, in seconds (MEC 010-2 §6.2.1.16).</summary>
public sealed record ChangeAppInstanceStateOpConfig(
    int MinGracefulStopTimeout, int? MaxRecommendedGracefulStopTimeout, IReadOnlyList<string> Parameter);

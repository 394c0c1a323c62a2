using Mano.Mesh.Failures;
using Mano.Packages.AppD;

namespace Mano.Meo.Lifecycle;

/// <summary>What a package allows.</summary>
internal static class PackageRules
{
    /// <summary>A DISABLED package refuses new instances (MEC 010-2 operationalState).</summary>
    public static Failure? RefuseNewInstance(OnboardedPackage package) => package.Enabled ? null : Failure.IllegalState(
        "PACKAGE_DISABLED", $"The package {package.AppPkgId} is DISABLED; enable it to make or instantiate instances.",
        "app-package/" + package.AppPkgId, "DISABLED", "ENABLED");

    /// <summary>The graceful termination time within what the descriptor says; zero stays forceful.</summary>
    public static TimeSpan GracefulTermination(TimeSpan asked, AppDescriptor app) => Within(
        asked,
        app.TerminateAppInstanceOpConfig?.MinGracefulTerminationTimeout,
        app.TerminateAppInstanceOpConfig?.MaxRecommendedGracefulTerminationTimeout);

    /// <summary>The least time that the descriptor wants for finishing; zero is forceful.</summary>
    public static TimeSpan ShortestTermination(AppDescriptor app) => TimeSpan.FromSeconds(app.TerminateAppInstanceOpConfig?.MinGracefulTerminationTimeout ?? 0);

    /// <summary>The graceful stop time within what the descriptor says; zero stays forceful.</summary>
    public static TimeSpan GracefulStop(TimeSpan asked, AppDescriptor app) => Within(
        asked,
        app.ChangeAppInstanceStateOpConfig?.MinGracefulStopTimeout,
        app.ChangeAppInstanceStateOpConfig?.MaxRecommendedGracefulStopTimeout);

    private static TimeSpan Within(TimeSpan asked, int? least, int? most)
    {
        if (asked <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var atLeast = TimeSpan.FromSeconds(least ?? 0);
        var bounded = asked < atLeast ? atLeast : asked;
        return most is { } limit && limit > 0 && bounded > TimeSpan.FromSeconds(limit) ? TimeSpan.FromSeconds(limit) : bounded;
    }
}

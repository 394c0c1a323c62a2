using System.Text;
using Mano.Mesh.Failures;
using Mano.Packages;
using Mano.Packages.AppD;

namespace Mano.Meo.Lifecycle;

/// <summary>What a package allows.</summary>
internal static class PackageRules
{
    /// <summary>A DISABLED package refuses new instances (MEC 010-2 operationalState).</summary>
    public static Failure? RefuseNewInstance(OnboardedPackage package) => package.Enabled ? null : Failure.IllegalState(
        "PACKAGE_DISABLED", $"The package {package.AppPkgId} is DISABLED; enable it to make or instantiate instances.",
        "app-package/" + package.AppPkgId, "DISABLED", "ENABLED");

    /// <summary>Values are for a chart, and together with the package's own no more than a VIM takes. Shows none of them.</summary>
    public static Failure? RefuseChartValues(OnboardedPackage package, InstanceWishes? wishes)
    {
        if (wishes is null or { ChartValues.Length: 0 })
        {
            return null;
        }

        var wrong = SoftwareKinds.DeployedChart(package.Descriptor, package.Artifacts) is null
            ? $"The package {package.AppPkgId} is not deployed by a Helm chart, so chart_values mean nothing to it; leave them out."
            : Encoding.UTF8.GetByteCount(package.ChartValuesWith(wishes)) is > ChartValues.MaxBytes and var bytes
                ? $"The chart_values have {bytes} bytes with those of the package {package.AppPkgId} beneath them; at most {ChartValues.MaxBytes} are taken."
                : null;
        return wrong is null ? null : Failure.InvalidInput("CHART_VALUES", wrong, "app-package/" + package.AppPkgId, [new("chart_values", wrong)]);
    }

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

using System.Text.Json;
using Mano.MecPlatform.ServiceRegistry;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>Finds every fault of an AppInfo, each at its path (MEC 011 7.1.2.6). Pure.</summary>
internal static class AppInfoCheck
{
    private const int MaxDependencies = 64;

    /// <param name="given">What the application says.</param>
    /// <param name="instantiated">The instance that it says to be, if the platform knows one by that id.</param>
    /// <exception cref="FailureException">Something is wrong with it; every fault is named.</exception>
    public static void Require(AppInfo given, ApplicationRecord? instantiated)
    {
        var faults = new List<Fault>();
        ServiceRules.Need(faults, "appName", given.AppName);
        if (given.AppCategory is { } category)
        {
            ServiceRules.CheckCategory("appCategory", category, faults);
        }

        if (given.Endpoint is not null || given.IsInsByMec != true)
        {
            ServiceRules.CheckEndpoint("endpoint", given.Endpoint, faults);
        }

        if (given.AppProfile is { ValueKind: not JsonValueKind.Object })
        {
            faults.Add(new("appProfile", "is not an object."));
        }

        CheckServices("appServiceRequired", given.AppServiceRequired, faults);
        CheckServices("appServiceOptional", given.AppServiceOptional, faults);
        CheckFeatures("appFeatureRequired", given.AppFeatureRequired, faults);
        CheckFeatures("appFeatureOptional", given.AppFeatureOptional, faults);
        if (given.IsInsByMec == true)
        {
            CheckAgainstAppD(given, instantiated, faults);
        }

        if (faults.Count > 0)
        {
            throw Failure.InvalidInput("BAD_APP_INFO", "The application cannot be registered with this AppInfo.", "app-info", faults).ToException();
        }
    }

    /// <summary>What MEC instantiated has an AppD, which says the rest.</summary>
    private static void CheckAgainstAppD(AppInfo given, ApplicationRecord? instantiated, List<Fault> faults)
    {
        ServiceRules.Need(faults, "appDId", given.AppDId);
        ServiceRules.Need(faults, "appInstanceId", given.AppInstanceId);
        var declared = instantiated?.Configuration.AppName;
        if (!string.IsNullOrEmpty(declared) && given.AppName != declared)
        {
            faults.Add(new("appName", $"is '{given.AppName}'; the AppD of this instance says '{declared}'."));
        }

        foreach (var (name, isGiven) in new[]
        {
            ("appServiceRequired", given.AppServiceRequired is not null), ("appServiceOptional", given.AppServiceOptional is not null),
            ("appFeatureRequired", given.AppFeatureRequired is not null), ("appFeatureOptional", given.AppFeatureOptional is not null),
        })
        {
            if (isGiven)
            {
                faults.Add(new(name, "must be absent with isInsByMec: the AppD says it."));
            }
        }
    }

    private static void CheckServices(string path, IReadOnlyList<NeededService>? needed, List<Fault> faults)
    {
        RequireFew(path, needed?.Count, faults);
        for (var i = 0; i < Math.Min(MaxDependencies, needed?.Count ?? 0); i++)
        {
            ServiceRules.Need(faults, $"{path}[{i}].serName", needed![i].SerName);
            ServiceRules.Need(faults, $"{path}[{i}].version", needed[i].Version);
            if (needed[i].SerCategory is { } category)
            {
                ServiceRules.CheckCategory($"{path}[{i}].serCategory", category, faults);
            }
        }
    }

    private static void CheckFeatures(string path, IReadOnlyList<NeededFeature>? needed, List<Fault> faults)
    {
        RequireFew(path, needed?.Count, faults);
        for (var i = 0; i < Math.Min(MaxDependencies, needed?.Count ?? 0); i++)
        {
            ServiceRules.Need(faults, $"{path}[{i}].featureName", needed![i].FeatureName);
            ServiceRules.Need(faults, $"{path}[{i}].version", needed[i].Version);
        }
    }

    private static void RequireFew(string path, int? count, List<Fault> faults)
    {
        if (count > MaxDependencies)
        {
            faults.Add(new(path, $"has {count} entries; at most {MaxDependencies} are allowed."));
        }
    }
}

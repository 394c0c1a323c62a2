using Mano.Meo.Lifecycle;
using Mano.Meo.Onboarding;

namespace Mano.Meo.Rest.Notifications;

/// <summary>MEC 010-2 AppInstanceSubscriptionFilter (clause 6.2.2.19).</summary>
/// <param name="By">0 all, 1 by id, 2 by name, 3 by descriptor, 4 by provider.</param>
/// <param name="Values">Of 1 to 3.</param>
/// <param name="Providers">Of 4.</param>
internal sealed record InstanceSelector(int By, IReadOnlyList<string> Values, IReadOnlyList<ProviderSelector> Providers)
{
    public bool Selects(AppInstanceRecord instance) => By switch
    {
        1 => Values.Contains(instance.AppInstanceId),
        2 => Values.Contains(instance.AppName) || Values.Contains(instance.Name),
        3 => Values.Contains(instance.AppDId),
        4 => Providers.Any(p => p.Selects(instance)),
        _ => true,
    };
}

/// <summary>Applications of one provider.</summary>
internal sealed record ProviderSelector(string AppProvider, IReadOnlyList<ProductSelector>? AppProducts)
{
    public bool Selects(AppInstanceRecord instance) =>
        AppProvider == instance.AppProvider && (AppProducts is null or [] || AppProducts.Any(p => p.Selects(instance)));
}

/// <summary>One product.</summary>
internal sealed record ProductSelector(string AppName, IReadOnlyList<VersionSelector>? Versions)
{
    public bool Selects(AppInstanceRecord instance) =>
        AppName == instance.AppName && (Versions is null or [] || Versions.Any(v => v.Selects(instance)));
}

/// <summary>One version of it.</summary>
internal sealed record VersionSelector(string AppSoftVersion, IReadOnlyList<string>? AppDVersion)
{
    public bool Selects(AppInstanceRecord instance) =>
        AppSoftVersion == instance.AppSoftVersion && (AppDVersion is null or [] || AppDVersion.Contains(instance.AppDVersion));
}

/// <summary>MEC 010-2 AppPkgFilter (2026): what is given must hold.</summary>
internal sealed record PackageSelector(
    string? AppPkgInfoId, string? AppDId, string? AppProvider, string? AppName, string? AppSoftwareVersion, string? AppDVersion, string? OperationalState)
{
    /// <param name="record">The package.</param>
    /// <param name="content">What it contains; null if it is gone.</param>
    public bool Selects(PackageRecord record, PackageContentRecord? content) =>
        Holds(AppPkgInfoId, record.AppPkgId)
        && Holds(AppDId, record.AppDId)
        && Holds(AppProvider, content?.Descriptor.AppProvider)
        && Holds(AppName, content?.Descriptor.AppName)
        && Holds(AppSoftwareVersion, content?.Descriptor.AppSoftVersion)
        && Holds(AppDVersion, content?.Descriptor.AppDVersion)
        && Holds(OperationalState, record.Enabled ? "ENABLED" : "DISABLED");

    private static bool Holds(string? wanted, string? actual) => wanted is null || wanted == actual;
}

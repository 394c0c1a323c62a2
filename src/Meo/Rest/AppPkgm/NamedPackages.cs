using Mano.Meo.Lifecycle;
using Mano.Meo.Onboarding;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>The package that a path names, by its own id or by its descriptor's.</summary>
internal sealed class NamedPackages(PackageCatalogue catalogue)
{
    /// <summary>All packages, by their own id.</summary>
    public const string All = "/app_packages";

    /// <summary>Those that are onboarded, by the descriptor's id.</summary>
    public const string Onboarded = "/onboarded_app_packages";

    /// <summary>One of them.</summary>
    public const string One = "/{packageId}";

    public static IReadOnlyList<string> Trees { get; } = [All, Onboarded];

    /// <summary>Its id, or NotFound.</summary>
    public async Task<Outcome<string>> Id(HttpContext context) => (await View(context)).Then<string>(view => view.Record.AppPkgId);

    /// <summary>The package, or NotFound.</summary>
    public async Task<Outcome<PackageView>> View(HttpContext context)
    {
        // The router leaves an escaped slash as it is.
        var id = context.Named("packageId").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var byDescriptor = IsOnboardedTree(context) ? await catalogue.GetOnboardedByDescriptor(Tenants.Default, id, context.RequestAborted) : NotFound(id);
        return byDescriptor.TryGet(out var onboarded, out var unknown) ? await catalogue.Get(Tenants.Default, onboarded.AppPkgId, context.RequestAborted)
            : IsPackageId(id) ? await catalogue.Get(Tenants.Default, id, context.RequestAborted)
            : unknown;
    }

    private static bool IsOnboardedTree(HttpContext context) => context.Request.Path.Value!.Contains(Onboarded + "/", StringComparison.Ordinal);

    private static bool IsPackageId(string id) => Guid.TryParseExact(id, "D", out var guid) && guid.ToString("D") == id;

    private static Outcome<OnboardedPackage> NotFound(string id) => PackageRecords.NotFound(id);
}

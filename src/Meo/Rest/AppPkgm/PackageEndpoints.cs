using Mano.Meo.Northbound;
using Mano.Meo.Onboarding;
using Mano.Meo.Rest.Queries;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>
/// MEC 010-2 clauses 7.3.1 and 7.3.2: application packages. There are two trees of the same packages: <c>app_packages</c> by the package's id, of all;
/// <c>onboarded_app_packages</c> by the descriptor's, of those that have a content. In the second one a package's own id is taken, too: the newer file
/// of the standard creates packages there, when no descriptor is known yet.
/// </summary>
internal sealed class PackageEndpoints(PackageCatalogue catalogue, PackageCreation creation, NamedPackages named, IdempotencyKeys keys, RestLists lists)
{
    /// <summary>Without a wish everything is given: the OpenAPI files require more than the standard's text leaves out by default.</summary>
    private static readonly ResourceList<AppPkgInfo> Listed = new(
        RestJson.Default.AppPkgInfo, Required: ["_links"], ExcludedByDefault: ["checksum", "softwareImages", "additionalArtifacts"]);

    public void Map(RestRoutes routes)
    {
        foreach (var tree in NamedPackages.Trees)
        {
            routes.Post(tree, context => Create(context, routes.Root), RestExchange.Json);
            routes.Get(tree, context => List(context, tree == NamedPackages.Onboarded), RestExchange.Json);
            routes.Get(tree + NamedPackages.One, Get, RestExchange.Json);
            routes.Patch(tree + NamedPackages.One, Patch, RestExchange.Json);
            routes.Delete(tree + NamedPackages.One, Delete);
        }
    }

    private async Task Create(HttpContext context, string root)
    {
        var body = (await context.ReadBody(RestJson.Default.CreateAppPkg)).AsMeant();
        var announced = AppPkgmRules.Check(body);
        var cancel = context.RequestAborted;
        var created = (await keys.Once(
            context.Key(body, RestJson.Default.CreateAppPkg),
            again: known => catalogue.GetOrAsMade(Tenants.Default, known, cancel),
            first: use => creation.Create(Tenants.Default, "", AppPkgmRules.UserDefinedData(body), use, cancel, announced),
            cancel)).Value;
        var url = $"{context.Origin()}{root}{NamedPackages.All}/{created.Record.AppPkgId}";
        context.Response.Headers.Location = url;
        await context.WriteBody(AppPkgInfo.Of(created, url), RestJson.Default.AppPkgInfo, StatusCodes.Status201Created);
    }

    private Task List(HttpContext context, bool onboarded) => lists.Answer(
        context,
        Listed,
        (after, size, cancel) => catalogue.List(Tenants.Default, after, size, cancel),
        view => view.Record.AppPkgId,
        (view, _) => ValueTask.FromResult(onboarded && view.Content is null
            ? null
            : AppPkgInfo.Of(view, $"{context.Url()}/{Uri.EscapeDataString(onboarded ? view.Content!.Descriptor.AppDId : view.Record.AppPkgId)}")));

    private async Task Get(HttpContext context) =>
        await context.WriteTagged(AppPkgInfo.Of((await named.View(context)).Value, context.Url()), RestJson.Default.AppPkgInfo);

    private async Task Patch(HttpContext context)
    {
        var present = (await named.View(context)).Value; // what is not there cannot be asked for anything, wrong or right
        var body = await context.ReadBody(RestJson.Default.AppPkgInfoModifications, "application/merge-patch+json");
        var enabled = AppPkgmRules.Check(body);
        var cancel = context.RequestAborted;
        context.RequireMatch(RestExchange.EtagOf(AppPkgInfo.Of(present, context.Url()), RestJson.Default.AppPkgInfo));
        _ = (await keys.Once(
            context.Key(body, RestJson.Default.AppPkgInfoModifications),
            again: known => catalogue.Get(Tenants.Default, known.Subject, cancel).AsTask(),
            first: use => catalogue.SetEnabled(Tenants.Default, present.Record.AppPkgId, enabled, use, cancel),
            cancel)).Value;
        await context.WriteBody(body, RestJson.Default.AppPkgInfoModifications);
    }

    private async Task Delete(HttpContext context)
    {
        var cancel = context.RequestAborted;
        _ = (await keys.Once(
            context.Key(),
            again: _ => Task.FromResult<Outcome<bool>>(true),
            first: async use => (await named.Id(context)).TryGet(out var id, out var unknown) ? await catalogue.Delete(Tenants.Default, id, use, cancel) : unknown,
            cancel)).Value;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

using System.Text.Json;
using Mano.MecPlatform;
using Mano.Meo;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Mano.Cli.Tests;

/// <summary>The REST pages of docs/reference have every route that is served, and no other.</summary>
public sealed class RestRoutesTests
{
    [Fact]
    public async Task Routes_of_the_MEO()
    {
        using var folder = new TempFolder();
        await using var app = MeoHost.Build(new() { DataFolder = folder.File("meo") });
        Assert.Equal(Told("meo"), Served(app, "/app_pkgm/", "/app_lcm/", "/granting/"));
    }

    [Fact]
    public async Task Routes_of_the_platform()
    {
        using var folder = new TempFolder();
        await using var app = PlatformHost.Build(new() { DataFolder = folder.File("platform") });
        Assert.Equal(Told("platform"), Served(app, "/mec_app_support/", "/mec_service_mgmt/"));
    }

    private static string[] Told(string part)
    {
        using var routes = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Folder, "tests", "reference", "routes.json")));
        return [.. routes.RootElement.GetProperty(part).EnumerateArray()
            .SelectMany(r => Paths(r[1].GetString()!), (r, path) => $"{r[0].GetString()} {path}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Application support has two versions that answer alike.</summary>
    private static IEnumerable<string> Paths(string path) => path.StartsWith("{support}", StringComparison.Ordinal)
        ? new[] { "v1", "v2" }.Select(v => path.Replace("{support}", "/mec_app_support/" + v, StringComparison.Ordinal))
        : [path];

    private static string[] Served(WebApplication app, params string[] roots) =>
        [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => roots.Any(r => e.RoutePattern.RawText?.StartsWith(r, StringComparison.Ordinal) ?? false))
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [], (e, method) => $"{method} {e.RoutePattern.RawText}")
            .Order(StringComparer.Ordinal)];
}

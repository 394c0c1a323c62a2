using System.IO.Compression;
using System.Text;
using Mano.Meo.Onboarding;
using Mano.Meo.Rest.Queries;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Mano.Packages.AppD;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>
/// MEC 010-2 clauses 7.3.5 and 7.3.6: a package's descriptor. <c>application/json</c> is the AppD of the newer file, made of what was read;
/// <c>text/plain</c> is the provider's own file, if it is one, and <c>application/zip</c> holds it, or all of them.
/// </summary>
internal sealed class DescriptorEndpoints(NamedPackages named, ArtifactDownloads artifacts)
{
    private const string Text = "text/plain";
    private const string Zip = "application/zip";

    private static readonly string[] Selectors = ["filter", "all_fields", "fields", "exclude_fields", "exclude_default"];

    public void Map(RestRoutes routes)
    {
        foreach (var tree in NamedPackages.Trees)
        {
            routes.Get(tree + NamedPackages.One + "/appd", Get, RestExchange.Json, Text, Zip);
        }
    }

    private async Task Get(HttpContext context)
    {
        var content = (await named.View(context)).Value.Contained;
        var type = context.RequireAccept(RestExchange.Json, Text, Zip);
        if (type == RestExchange.Json)
        {
            await WriteJson(context, content.Descriptor);
            return;
        }

        if (RestLists.Wishes(context).Keys.FirstOrDefault(Selectors.Contains) is { } selector)
        {
            throw Failure.InvalidInput("FIELD_SELECTORS", $"{selector} chooses attributes; {type} is the provider's own files, which are given whole. Take application/json, or leave it out.", selector).ToException();
        }

        var files = DescriptorFiles.Of(content);
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(type == Zip ? await Zipped(files, context.RequestAborted) : await Read(Plain(files), context.RequestAborted), context.RequestAborted);
    }

    private static async Task WriteJson(HttpContext context, AppDescriptor descriptor)
    {
        var query = RestLists.Wishes(context);
        var filter = query["filter"].ToString() is { Length: > 0 } text ? AttributeFilter.Parse(AppDescriptorJson.Type, text) : AttributeFilter.None;
        var selection = FieldSelection.Parse(query, AppDescriptorJson.Type, required: ["swImageDescriptor", "appExtCpd"], excluded: []);
        var body = AppDBody.Of(descriptor);
        if (!filter.Lets(body))
        {
            throw Failure.NotFound("FILTERED", $"The descriptor {descriptor.AppDId} is not one that the filter lets pass; leave the filter out to get it.", "appd/" + descriptor.AppDId).ToException();
        }

        selection.Apply(body);
        context.Response.ContentType = RestExchange.Json;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), context.RequestAborted);
    }

    private static DescriptorFile Plain(DescriptorFiles files) => files.Only is { IsText: true } only ? only : throw Failure.InvalidInput(
        RestFailures.NotAcceptable,
        $"The descriptor is {files.All.Count} files ({string.Join(", ", files.All.Take(3).Select(f => f.Path))}), which make no one text; take {Zip} for all of them, or {RestExchange.Json} for what they say.").ToException();

    private async Task<byte[]> Zipped(DescriptorFiles files, CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        await using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files.All)
            {
                await using var entry = await archive.CreateEntry(file.Path).OpenAsync(cancel);
                await entry.WriteAsync(await Read(file, cancel), cancel);
            }
        }

        return buffer.ToArray();
    }

    private async Task<byte[]> Read(DescriptorFile file, CancellationToken cancel)
    {
        await using var stream = await artifacts.Open(file.Sha256, fetch: true, cancel);
        var content = new byte[stream.Length];
        await stream.ReadExactlyAsync(content, cancel);
        return content;
    }
}

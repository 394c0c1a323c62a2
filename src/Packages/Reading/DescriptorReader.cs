using Mano.Packages.AppD;
using Mano.Packages.Documents;
using Mano.Packages.Tosca;
using Mano.Packages.Validation;

namespace Mano.Packages.Reading;

/// <summary>Any dialect to the one model: reads, then checks every rule.</summary>
internal static class DescriptorReader
{
    /// <param name="content">The document.</param>
    /// <param name="path">Its path; empty when it came alone.</param>
    /// <param name="files">What it may import.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="faults">Where faults go.</param>
    /// <param name="imageFile">Path of a list of software images beside the descriptor, as EdgeGallery has it, if any.</param>
    internal static ReadDescriptor? Read(
        byte[] content, string path, IDescriptorFiles files, PackageLimits limits, FaultList faults, (string Label, byte[] Content)? imageFile = null)
    {
        var label = path.Length == 0 ? "" : files.Label(path);
        var before = faults.HasErrors;
        if (DocumentReader.Read(content, label, limits, faults) is not { } root)
        {
            return null;
        }

        if (root is not MapNode map)
        {
            faults.Error("unreadable", new Place(label, "", root.Line), $"The document is {root.Kind}; an application descriptor is a mapping.");
            return null;
        }

        var context = new ReadingContext(faults);
        var app = map.Find("tosca_definitions_version") is null
            ? ReadPlain(map, label, context)
            : ReadTosca(map, path, files, limits, context, imageFile);
        if (app is not null)
        {
            DescriptorRules.Check(app, context);
        }

        return app is null ? null : new(app, context, HasErrors: faults.HasErrors && !before);
    }

    private static AppDescriptor? ReadPlain(MapNode map, string label, ReadingContext context)
    {
        // Says "this is something else" rather than twenty missing attributes.
        string[] hints = ["appDId", "appDid", "app_d_id", "AppD", "appD", "appd", "appName", "app_name"];
        if (!map.Entries.Any(e => hints.Contains(e.Key)))
        {
            context.Faults.Error("not-a-descriptor", new Place(label, "", map.Line),
                "The document is no application descriptor: neither a TOSCA service template (tosca_definitions_version) nor an AppD of MEC 010-2 (appDId, appName, …).");
            return null;
        }

        return AppDReader.Read(map, new Place(label, "", 0), context);
    }

    private static AppDescriptor? ReadTosca(
        MapNode map, string path, IDescriptorFiles files, PackageLimits limits, ReadingContext context, (string Label, byte[] Content)? imageFile)
    {
        if (ServiceTemplate.Load(map, path, files, limits, context) is not { } template)
        {
            return null;
        }

        List<SwImageDescriptor> images = [];
        if (imageFile is { } file && DocumentReader.Read(file.Content, file.Label, limits, context.Faults) is { } list)
        {
            images = ToscaImages.FromFile(list, new Place(file.Label, "", 0), context);
        }

        return ToscaReader.Read(template, context, images);
    }
}

/// <summary>A descriptor that could be read, with where its parts came from.</summary>
internal sealed record ReadDescriptor(AppDescriptor App, ReadingContext Context, bool HasErrors);

using Mano.Packages.AppD;
using Mano.Packages.Documents;
using Mano.Packages.Reading;

namespace Mano.Packages.Tosca;

/// <summary>Where a template, or the package around it, says which software is run.</summary>
internal static class ToscaImages
{
    /// <summary>MEC 037: artifacts of type SwImage on compute, storage and container nodes.</summary>
    internal static List<SwImageDescriptor> FromArtifacts(ServiceTemplate template, ReadingContext context)
    {
        var images = new List<SwImageDescriptor>();
        foreach (var node in template.Nodes)
        {
            foreach (var (name, artifact, at) in node.Artifacts().Where(x => IsImage(x.Node)))
            {
                var a = new Attributes(context, at, "software image");
                if (artifact.FindMap("properties") is { } properties)
                {
                    a.Add(properties, at.Child("properties", properties.Line));
                }

                if (artifact.FindText("file") is not { } file)
                {
                    context.Faults.Error("missing-attribute", at, $"The artifact {name} has no file: the software image itself.");
                    file = "";
                }

                var id = images.Any(i => i.Id == name) ? $"{node.Name}.{name}" : name;
                images.Add(ImageReader.Read(a, id, file));
            }
        }

        return images;
    }

    internal static bool IsImage(MapNode artifact) =>
        artifact.FindText("type") is { } type && type.EndsWith("SwImage", StringComparison.Ordinal);

    /// <summary>EdgeGallery: sw_image_data.name holds one or several names, or image and image_version name one.</summary>
    internal static IEnumerable<SwImageDescriptor> Named(NodeTemplate compute, ReadingContext context)
    {
        if (compute.Node.FindMap("properties") is not { } properties)
        {
            yield break;
        }

        var a = new Attributes(context, properties, compute.At.Child("properties", properties.Line), "compute node");
        var names = properties.FindMap("sw_image_data")?.FindText("name") ?? properties.FindText("image");
        var version = properties.FindText("image_version");
        foreach (var name in (names ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = name.LastIndexOf(':');
            var tagged = colon > name.LastIndexOf('/');
            yield return context.Sources.Remember(new SwImageDescriptor
            {
                Id = name,
                Name = tagged ? name[..colon] : name,
                Version = tagged ? name[(colon + 1)..] : version ?? "latest",
                ContainerFormat = tagged || version is not null ? "DOCKER" : "BARE",
                SwImage = tagged || version is null ? name : $"{name}:{version}",
            }, a);
        }

        if (names is not null)
        {
            context.Faults.Warn("image-by-name", compute.At.Child("properties", properties.Line),
                $"The software is named ({names}), not described (no SwImage artifact, no Image/SwImageDesc.json); the VIM must know it by that name.");
        }
    }

    /// <summary>EdgeGallery: Image/SwImageDesc.json, a list of image descriptors beside the template.</summary>
    internal static List<SwImageDescriptor> FromFile(Node root, Place at, ReadingContext context)
    {
        var items = root is ListNode list ? list.Items : [root];
        var images = new List<SwImageDescriptor>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is MapNode map)
            {
                images.Add(ImageReader.Read(new Attributes(context, map, at.Item(i, map.Line), "software image")));
            }
        }

        return images;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Mano.Packages.AppD;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>
/// A descriptor as the newer file of the standard has it (MEC 010-2 clause 6.2.1.2, application/json): its attributes are ours but for those
/// that the file types otherwise than the packages do. What reads descriptors here reads this form, too.
/// | attribute                          | here                    | there                                   |
/// | mecVersion                         | a list                  | one text, with commas                   |
/// | swImage                            | a path or URI           | an object: <c>{"href":…}</c>            |
/// | swImageDesc of a container, a disk | an image's id           | that image                              |
/// | a connection point's Cpd           | beside its other ones   | in <c>inherited_attributes</c>          |
/// | dstInterface                       | a list                  | one object; a list where there are two  |
/// | pairs                              | an object               | a list of objects with one pair each    |
/// | intVirtualLinkDesc                 | an id                   | an object with the id                   |
/// </summary>
internal static class AppDBody
{
    private static readonly string[] CpdAttributes = ["cpdId", "layerProtocol", "cpRole", "cpProtocol", "description", "trunkMode"];

    public static JsonObject Of(AppDescriptor descriptor)
    {
        var app = JsonNode.Parse(AppDescriptorJson.Serialize(descriptor))!.AsObject();
        app["mecVersion"] = string.Join(',', descriptor.MecVersion);
        foreach (var image in Each(app, "swImageDescriptor"))
        {
            image["swImage"] = Href(image["swImage"]);
        }

        Compute(app);
        Containers(app);
        Storage(app);
        LogicalNodes(app);
        ConnectionPoints(app);
        Services(app);
        foreach (var rule in Each(app, "appTrafficRule"))
        {
            OneOrMany(rule, "dstInterface");
        }

        return app;
    }

    private static void Compute(JsonObject app)
    {
        if (app["virtualComputeDescriptor"] is not JsonObject compute)
        {
            return;
        }

        LogicalNodes(compute);
        Pairs(compute["virtualCpu"], "vduCpuRequirements");
        Pairs(compute["virtualMemory"], "vduMemRequirements");
        foreach (var disk in Each(compute, "virtualDisk"))
        {
            Disk(app, disk);
        }
    }

    private static void Containers(JsonObject app)
    {
        foreach (var container in Each(app, "osContainerDescriptor"))
        {
            ImageOf(app, container);
            Pairs(container, "extendedResourceRequests");
            foreach (var parameter in Each(container, "monitoringParameters"))
            {
                Rename(parameter, "id", "monitoringParameterId");
                parameter["monitoringParameterId"] ??= parameter["performanceMetric"]?.DeepClone();
                parameter["collectionPeriod"] = parameter["collectionPeriod"]?.ToString();
                DropNull(parameter, "collectionPeriod");
            }
        }
    }

    private static void Storage(JsonObject app)
    {
        foreach (var storage in Each(app, "virtualStorageDescriptor"))
        {
            Disk(app, storage["blockStorageData"] as JsonObject);
            if (storage["fileStorageData"] is JsonObject files && files["intVirtualLinkDesc"] is JsonValue link)
            {
                files["intVirtualLinkDesc"] = new JsonObject { ["virtualLinkDescId"] = link.DeepClone() };
            }
        }
    }

    private static void Disk(JsonObject app, JsonObject? disk)
    {
        Pairs(disk, "vduStorageRequirements");
        ImageOf(app, disk);
    }

    private static void LogicalNodes(JsonObject owner)
    {
        foreach (var node in Each(owner, "logicalNode"))
        {
            var detail = Joined(node["detail"]);
            node.Remove("detail");
            node["logicalNodeRequirementDetail"] = new JsonArray([.. detail.Select(d => JsonValue.Create(d))]);
        }

        foreach (var capability in Each(owner, "requestAdditionalCapabilities"))
        {
            Pairs(capability, "targetPerformanceParameters");
        }
    }

    private static void ConnectionPoints(JsonObject app)
    {
        var points = app["appExtCpd"]!.AsArray();
        foreach (var point in Each(app, "appExtCpd"))
        {
            var inherited = new JsonObject();
            foreach (var name in CpdAttributes.Where(point.ContainsKey))
            {
                inherited[name] = point[name]?.DeepClone();
                point.Remove(name);
            }

            point["inherited_attributes"] = inherited;
            foreach (var network in Each(point, "virtualNetworkInterfaceRequirements"))
            {
                network["networkInterfaceRequirements"] = string.Join(", ", Joined(network["networkInterfaceRequirements"]));
            }
        }

        if (points.Count == 0)
        {
            points.Add((JsonNode)new JsonObject { ["inherited_attributes"] = new JsonObject() }); // at least one is required; this one says nothing
        }
    }

    private static void Services(JsonObject app)
    {
        foreach (var service in Each(app, "appServiceRequired").Concat(Each(app, "appServiceOptional")))
        {
            Each(service, "serTransportDependencies").ForEach(Transport);
            if (service["requestedPermissions"] is JsonArray permissions)
            {
                service["requestedPermissions"] = new JsonArray([.. permissions.Select(p => new JsonObject { ["id"] = p?.DeepClone() })]);
            }
        }

        Each(app, "appServiceProduced").SelectMany(s => Each(s, "transportsSupported")).ToList().ForEach(Transport);
        Each(app, "transportDependencies").ForEach(Transport);
    }

    private static void Transport(JsonObject owner)
    {
        if (owner["transport"] is not JsonObject transport)
        {
            return;
        }

        transport["name"] ??= transport["type"]?.DeepClone();
        transport["security"] ??= new JsonObject();
        if (transport["implSpecificInfo"] is JsonValue text)
        {
            transport["implSpecificInfo"] = new JsonObject { ["info"] = text.DeepClone() };
        }
    }

    private static void ImageOf(JsonObject app, JsonObject? owner)
    {
        if (owner?["swImageDesc"] is JsonValue id && Each(app, "swImageDescriptor").FirstOrDefault(i => i["id"]!.GetValue<string>() == id.GetValue<string>()) is { } image)
        {
            owner["swImageDesc"] = image.DeepClone();
        }
    }

    private static void Pairs(JsonNode? owner, string name)
    {
        if (owner?[name] is JsonObject pairs)
        {
            owner[name] = new JsonArray([.. pairs.Select(p => new JsonObject { [p.Key] = p.Value?.DeepClone() })]);
        }
    }

    private static List<string> Joined(JsonNode? pairs) =>
        [.. (pairs as JsonObject)?.Select(p => p.Value?.ToString() is { Length: > 0 } value ? $"{p.Key}={value}" : p.Key) ?? []];

    private static void OneOrMany(JsonObject owner, string name)
    {
        if (owner[name] is JsonArray { Count: 0 })
        {
            owner.Remove(name);
        }
        else if (owner[name] is JsonArray { Count: 1 } one)
        {
            owner[name] = one[0]!.DeepClone();
        }
    }

    private static void Rename(JsonObject owner, string from, string to)
    {
        if (owner.Remove(from, out var value))
        {
            owner[to] = value;
        }
    }

    private static void DropNull(JsonObject owner, string name)
    {
        if (owner[name] is null)
        {
            owner.Remove(name);
        }
    }

    private static JsonObject Href(JsonNode? reference) => new() { ["href"] = reference?.DeepClone() };

    private static List<JsonObject> Each(JsonNode owner, string name) => [.. (owner[name] as JsonArray)?.OfType<JsonObject>() ?? []];
}

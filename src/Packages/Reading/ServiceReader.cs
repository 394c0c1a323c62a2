using Mano.Packages.AppD;
using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>Services, features and transports.</summary>
internal static class ServiceReader
{
    internal static ServiceDependency ReadDependency(Attributes a)
    {
        var service = new ServiceDependency
        {
            SerName = a.RequiredText("serName"),
            Version = a.RequiredText("version"),
            SerCategory = ReadCategory(a),
            SerTransportDependencies = [.. a.Objects("transport dependency", "serTransportDependencies").Select(ReadTransportDependency)],
            RequestedPermissions = ReadPermissions(a),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(service, a);
    }

    internal static ServiceDescriptor ReadProduced(Attributes a)
    {
        var service = new ServiceDescriptor
        {
            SerName = a.RequiredText("serName"),
            Version = a.RequiredText("version"),
            SerCategory = ReadCategory(a),
            TransportsSupported = [.. a.Objects("supported transport", "transportsSupported", "transportSupported").Select(ReadSupported)],
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(service, a);
    }

    internal static FeatureDependency ReadFeature(Attributes a)
    {
        var feature = new FeatureDependency(a.RequiredText("featureName"), a.RequiredText("version"));
        a.ReportUnknown();
        return feature;
    }

    /// <summary>MEC 010-2 has transport and serializers beside the labels; MEC 037 wraps them in transport_serializer.</summary>
    internal static TransportDependency ReadTransportDependency(Attributes a)
    {
        var binding = a.Object("transport binding", "transportSerializer");
        var transport = (binding ?? a).Object("transport", "transport");
        var serializers = Serializers(binding ?? a);
        var labels = a.Texts("labels");
        if (labels.Count == 0)
        {
            a.Missing<object?>(["labels"], null);
        }

        binding?.ReportUnknown();
        a.ReportUnknown();
        return new(ReadTransport(transport, a), serializers, labels);
    }

    private static TransportsSupported ReadSupported(Attributes a)
    {
        var supported = new TransportsSupported(ReadTransport(a.Object("transport", "transport"), a), Serializers(a));
        a.ReportUnknown();
        return supported;
    }

    private static TransportDescriptor ReadTransport(Attributes? transport, Attributes parent)
    {
        if (transport is null)
        {
            return parent.Missing(["transport"], new TransportDescriptor { Type = "", Protocol = "", Version = "" });
        }

        var descriptor = new TransportDescriptor
        {
            Type = transport.RequiredText("type").ToUpperInvariant(),
            Protocol = transport.RequiredText("protocol"),
            Version = transport.RequiredText("version"),
            Security = ReadSecurity(transport),
            Name = transport.Text("name"),
            Description = transport.Text("description"),
            ImplSpecificInfo = ReadSpecific(transport),
        };
        transport.ReportUnknown();
        TransportTypes.Check(descriptor.Type, transport);
        return descriptor;
    }

    private static string? ReadSpecific(Attributes transport) => transport.Find("implSpecificInfo") switch
    {
        null => null,
        { Node: ScalarNode text } => text.Text,
        _ => string.Join(", ", ComputeReader.Joined(transport.Pairs("implSpecificInfo"))),
    };

    private static SecurityInfo? ReadSecurity(Attributes transport)
    {
        if (transport.Object("transport security", "security") is not { } security)
        {
            return null;
        }

        var nested = security.Object("OAuth 2.0 information", "oAuth2Info");
        var grants = nested is null ? security.Texts("oauth2GrantType", "grantTypes") : nested.Texts("grantTypes");
        var endpoint = nested is null ? security.Text("oauth2TokenEndpoint", "tokenEndpoint") : nested.Text("tokenEndpoint");
        nested?.ReportUnknown();
        security.ReportUnknown();
        return new(grants.Count == 0 && endpoint is null ? null : new OAuth2Info(grants, endpoint));
    }

    private static List<string> Serializers(Attributes a)
    {
        var serializers = a.Texts("serializers").Select(s => s.ToUpperInvariant()).ToList();
        if (serializers.Count == 0)
        {
            a.Missing<object?>(["serializers"], null);
        }

        foreach (var unknown in serializers.Where(s => s is not ("JSON" or "XML" or "PROTOBUF3")))
        {
            a.Context.Faults.Error("bad-value", a.PlaceOf("serializers"), $"\"{unknown}\" is none of JSON, XML, PROTOBUF3.");
        }

        return serializers;
    }

    private static CategoryRef? ReadCategory(Attributes a)
    {
        if (a.Object("service category", "serCategory") is not { } category)
        {
            return null;
        }

        var read = new CategoryRef(category.RequiredText("href"), category.RequiredText("id"), category.RequiredText("name"), category.RequiredText("version"));
        category.ReportUnknown();
        return read;
    }

    /// <summary>Ids, or {id, display_name}; EdgeGallery writes a flag, which names no permission.</summary>
    private static IReadOnlyList<string> ReadPermissions(Attributes a)
    {
        if (a.Find("requestedPermissions") is not { } entry)
        {
            return [];
        }

        if (entry.Node is ScalarNode { Text: "true" or "false" })
        {
            a.Context.Faults.Warn("bad-value", entry.At, $"{entry.Spelled} lists permissions by id; a flag names none, so it is ignored.");
            return [];
        }

        return entry.Node is ListNode { Items: [MapNode, ..] }
            ? [.. a.Objects("permission", "requestedPermissions").Select(p => p.RequiredText("id"))]
            : a.Texts("requestedPermissions");
    }
}

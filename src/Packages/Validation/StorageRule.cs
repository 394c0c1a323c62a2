using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Validation;

/// <summary>Storages have ids of their own and the data of their type (IFA 011 §7.1.9.4).</summary>
internal sealed class StorageRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var twice in app.VirtualStorageDescriptor.GroupBy(s => s.Id).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last(), "id", "virtualStorageDescId"), $"Two storages have the id {twice.Key}.");
        }

        foreach (var storage in app.VirtualStorageDescriptor)
        {
            var (has, attribute) = storage.TypeOfStorage switch
            {
                StorageType.ObjectStore => (storage.ObjectStorageData is not null, "objectStorageData"),
                StorageType.File => (storage.FileStorageData is not null, "fileStorageData"),
                _ => (storage.BlockStorageData is not null, "blockStorageData"),
            };
            if (!has)
            {
                context.Demand("missing-attribute", context.Sources.At(storage, "typeOfStorage"), $"The storage {storage.Id} is of type {Name(storage.TypeOfStorage)}, and says no {attribute}, which belongs to it.");
            }
        }
    }

    private static string Name(StorageType type) => type == StorageType.ObjectStore ? "OBJECT" : type.ToString().ToUpperInvariant();
}

/// <summary>OAuth 2.0 needs to know where tokens are given, unless the grant is implicit alone (MEC 011 §8.1.5.4).</summary>
internal sealed class TokenEndpointRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        var transports = app.TransportDependencies
            .Concat(app.AppServiceRequired.Concat(app.AppServiceOptional).SelectMany(s => s.SerTransportDependencies)).Select(t => t.Transport)
            .Concat(app.AppServiceProduced.SelectMany(s => s.TransportsSupported).Select(t => t.Transport));
        foreach (var transport in transports.Where(t => t.Security?.OAuth2Info is { TokenEndpoint: null } o && o.GrantTypes.Any(g => g != "OAUTH2_IMPLICIT_GRANT")))
        {
            context.Faults.Warn("missing-attribute", context.Sources.At(app, "transportDependencies", "appServiceProduced", "appServiceRequired"),
                $"The transport {transport.Name ?? transport.Protocol} asks for OAuth 2.0 and does not say where tokens are given (tokenEndpoint).");
        }
    }
}

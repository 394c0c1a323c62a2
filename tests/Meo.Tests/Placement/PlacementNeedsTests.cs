using Mano.Meo.Lifecycle;
using Mano.Packages.AppD;

namespace Mano.Meo.Tests.Placement;

public sealed class PlacementNeedsTests
{
    [Fact]
    public void An_application_with_a_disk_of_its_own_needs_a_VIM_that_makes_volumes() =>
        Assert.Contains(ImageKinds.Volume, ImageKinds.BesideImages(WithStorage(new() { Id = "data", BlockStorageData = new() { SizeOfStorage = 4 } })));

    [Fact]
    public void The_disk_that_its_image_lies_on_is_no_volume() =>
        Assert.Empty(ImageKinds.BesideImages(WithStorage(new() { Id = "root", BlockStorageData = new() { SizeOfStorage = 4, SwImageDesc = "image" } })));

    private static AppDescriptor WithStorage(VirtualStorageDescriptor storage) => new()
    {
        AppDId = "a", AppName = "a", AppProvider = "p", AppSoftVersion = "1", AppDVersion = "1", VirtualStorageDescriptor = [storage],
    };
}

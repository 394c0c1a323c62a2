using Mano.Meo.Lifecycle;
using Mano.Packages;
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

    [Fact]
    public void A_package_with_one_chart_and_images_that_are_only_named_needs_a_VIM_that_installs_charts()
    {
        var app = WithStorage(new() { Id = "data", BlockStorageData = new() { SizeOfStorage = 4 } }) with
        {
            SwImageDescriptor = [new() { Id = "i", Name = "nginx", Version = "1", ContainerFormat = "DOCKER", SwImage = "nginx:1" }],
        };
        Artifact chart = new("Artifacts/Deployment/Charts/web.tgz", new string('a', 64), 891, "application/gzip", null);

        Assert.Equal([SoftwareKinds.Chart], ImageKinds.NeededFor(app, [chart]));
        Assert.Equal(["named-container"], ImageKinds.NeededFor(app, []));
        Assert.Equal(["container"], ImageKinds.NeededFor(app, [chart, chart with { Path = "Artifacts/image.tar", SwImageId = "i" }]));
    }

    [Fact]
    public void An_image_of_a_VM_that_is_only_named_needs_a_VIM_that_runs_VMs_and_knows_images_by_name()
    {
        var app = WithStorage(new() { Id = "data" }) with { SwImageDescriptor = [new() { Id = "i", Name = "cirros", Version = "1", ContainerFormat = "BARE", DiskFormat = "QCOW2", SwImage = "cirros" }] };
        Assert.Equal(["vm", "reference"], ImageKinds.NeededFor(app, []));
    }

    [Fact]
    public void Devices_are_needed_in_the_number_that_the_descriptor_says_and_one_where_it_says_none()
    {
        var app = WithStorage(new() { Id = "data" }) with
        {
            VirtualComputeDescriptor = new()
            {
                VirtualComputeDescId = "c", VirtualCpu = new() { NumVirtualCpu = 1 }, VirtualMemory = new() { VirtualMemSize = 64 },
                ComputeRequirements = ["GPU = 2", "sriov", "fpga=true", "dpdk=false", "tpu=0", "model=xeon"],
            },
        };
        Assert.Equal("fpga:1,gpu:2,sriov:1", Mano.Meo.Placement.Devices.Write(PlacementNeeds.DevicesOf(app)));
    }

    private static AppDescriptor WithStorage(VirtualStorageDescriptor storage) => new()
    {
        AppDId = "a", AppName = "a", AppProvider = "p", AppSoftVersion = "1", AppDVersion = "1", VirtualStorageDescriptor = [storage],
    };
}

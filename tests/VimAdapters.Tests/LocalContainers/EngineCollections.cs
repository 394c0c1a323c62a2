using Mano.Testing.Containers;

namespace Mano.VimAdapters.Tests.LocalContainers;

[CollectionDefinition(DockerEngine.Name)]
public sealed class DockerCollection : ICollectionFixture<DockerEngine>;

[CollectionDefinition(PodmanEngine.Name)]
public sealed class PodmanCollection : ICollectionFixture<PodmanEngine>;

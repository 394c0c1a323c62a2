using Mano.Testing.Containers;

namespace Mano.Cli.Tests.Containers;

/// <summary>One engine for all of these tests, which take turns with it.</summary>
[CollectionDefinition(DockerEngine.Name)]
public sealed class EngineCollection : ICollectionFixture<DockerEngine>;

namespace Connect.Api.Tests.Support;

/// <summary>One running program for all tests that do not stop or flood it. Each test uses accounts of its own.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    public RunningApi Api { get; private set; } = null!;

    public async Task InitializeAsync() => Api = await RunningApi.Start();

    public async Task DisposeAsync() => await Api.DisposeAsync();
}

/// <summary>The tests that share the fixture.</summary>
[CollectionDefinition(Name)]
public sealed class SharedApi : ICollectionFixture<ApiFixture>
{
    public const string Name = "api";
}

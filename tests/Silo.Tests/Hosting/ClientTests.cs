using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connect.Silo.Tests.Hosting;

public sealed class ClientTests
{
    [Fact]
    public async Task A_client_finds_the_silos_in_the_database_and_sees_what_they_stored()
    {
        using var data = new TestData(Store.PostgreSql);
        using var silo = await data.StartSilo();
        var builder = data.Builder();
        builder.AddCreditsClient();
        using var client = builder.Build();
        await client.StartAsync();
        await client.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>("a").Write("from the client");
        Assert.Equal("from the client", await silo.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>("a").Read());
        await client.StopAsync();
        await silo.StopAsync();
    }

    [Fact]
    public void A_client_without_a_shared_database_is_refused_with_what_to_set()
    {
        using var data = new TestData(Store.Sqlite);
        var error = Assert.Throws<InvalidOperationException>(() => data.Builder().AddCreditsClient());
        Assert.Contains("Credits:PostgreSql", error.Message, StringComparison.Ordinal);
    }
}

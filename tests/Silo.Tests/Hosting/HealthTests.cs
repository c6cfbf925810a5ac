using Connect.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connect.Silo.Tests.Hosting;

public sealed class HealthTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task A_started_silo_is_ready_and_a_stopped_one_is_not(Store store)
    {
        using var data = new TestData(store);
        using var host = await data.StartSilo();
        var health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        await host.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Entries["silo"].Status);
    }

    [Fact]
    public async Task A_silo_whose_database_is_gone_is_not_ready_until_it_is_back()
    {
        using var server = PostgresServer.Start();
        using var data = new TestData(Store.PostgreSql, server.CreateDatabase());
        using var host = await data.StartSilo();
        var health = host.Services.GetRequiredService<HealthCheckService>();
        server.Stop();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Entries["storage"].Status);
        server.Restart();
        // Connections from before may still be in the pool; each that is tried goes.
        for (var tries = 0; (await health.CheckHealthAsync()).Entries["storage"].Status != HealthStatus.Healthy; tries++)
            Assert.True(tries < 50, "It stayed not ready.");
        await host.StopAsync();
    }
}

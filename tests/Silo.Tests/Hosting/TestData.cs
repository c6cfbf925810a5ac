using Connect.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connect.Silo.Tests.Hosting;

/// <summary>The two databases that everything here is run on.</summary>
public enum Store
{
    Sqlite,
    PostgreSql,
}

/// <summary>Where a test keeps its data: a database or a folder of its own, which outlives the hosts that are started on it.</summary>
public sealed class TestData : IDisposable
{
    public TestData(Store store, string? postgreSql = null)
    {
        Store = store;
        Folder = Directory.CreateTempSubdirectory("credits-test-").FullName;
        if (store == Store.PostgreSql)
            PostgreSql = postgreSql ?? PostgresServer.Shared.CreateDatabase();
    }

    public Store Store { get; }

    public string Folder { get; }

    public string? PostgreSql { get; }

    /// <summary>Starts a silo as src/Api does, with further settings.</summary>
    public async Task<IHost> StartSilo(params (string Key, string Value)[] settings)
    {
        var builder = Builder(settings);
        builder.AddCreditsSilo();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = Folder });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Credits:DataDirectory"] = Path.Combine(Folder, "data"),
            ["Credits:PostgreSql"] = PostgreSql,

            // Its reminder would be counted among the tests' own.
            ["Reconciliation:Enabled"] = "false",
        });
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        return builder;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

using Connect.Silo;
using Connect.Silo.Health;
using Microsoft.Extensions.Configuration.Memory;

// A silo on its own: grains and their storage, no API. Run as many as wanted on one PostgreSQL.
var builder = WebApplication.CreateBuilder(args);
// First, so that everything else (environment, command line) overrides it.
builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
{
    InitialData = new Dictionary<string, string?>
    {
        ["Urls"] = "http://127.0.0.1:5081",
        ["Logging:LogLevel:Orleans"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
    },
});
if (string.IsNullOrWhiteSpace(builder.Configuration["Credits:PostgreSql"]))
    throw new InvalidOperationException("A silo on its own is found through PostgreSQL: set Credits:PostgreSql. To run everything in one process, start src/Api.");
builder.AddCreditsSilo();
var app = builder.Build();
app.MapCreditsHealth();
await app.RunAsync();

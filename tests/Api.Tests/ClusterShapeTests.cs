using Connect.Api.Tests.Support;
using Connect.Silo;
using Connect.Testing;
using Microsoft.AspNetCore.Builder;

namespace Connect.Api.Tests;

/// <summary>The other shape: with PostgreSQL configured the API is a client of silos that run on their own.</summary>
public sealed class ClusterShapeTests
{
    [Fact]
    public async Task With_PostgreSQL_the_API_sells_and_sends_as_a_client_of_a_silo()
    {
        var directory = Directory.CreateTempSubdirectory("credits-cluster-").FullName;
        var database = PostgresServer.Shared.CreateDatabase();
        var port = FreePort.Next();
        string[] settings =
        [
            $"--Credits:PostgreSql={database}", $"--Credits:DataDirectory={directory}", $"--Stripe:ApiBase=http://127.0.0.1:{port}/sandbox/stripe",
            "--Logging:LogLevel:Default=Error",
        ];
        try
        {
            await using var silo = await StartSilo(settings);
            await using var api = await RunningApi.Start(directory, [.. settings, "--urls", $"http://127.0.0.1:{port}"]);
            var admin = await api.SignIn("shape");
            (await api.Anonymous().Post("/sandbox/accounts/shape/cards", new { number = "4242424242424242", expMonth = 12, expYear = 2031 })).Ok();
            var quote = (await admin.Post("/v1/accounts/shape/quotes", new { credits = 100 })).Ok().Text("id");
            Assert.Equal("succeeded", (await admin.Post("/v1/accounts/shape/purchases", new { quoteId = quote }, "k1")).Ok().Text("status"));
            Assert.Equal("sent", (await admin.Post("/v1/accounts/shape/automations/flow/messages", new { to = "0412345678", text = "Hi" }, "k2")).Ok().Text("status"));
            Assert.Equal(99, (await admin.Get("/v1/accounts/shape/credits")).Ok().Number("available"));
            Assert.Single((await api.Anonymous().Get("/sandbox/sms?accountId=shape")).Ok().Json["messages"]!.AsArray());

            (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = 91 * 86_400 })).Ok();
            Assert.Equal(0, (await admin.Get("/v1/accounts/shape/credits")).Ok().Number("available"));
            Assert.True((await (await api.SignIn("shape", "operator")).Post("/v1/operator/reconcile")).Ok().Json["balanced"]!.GetValue<bool>());
            await silo.StopAsync();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<WebApplication> StartSilo(string[] settings)
    {
        var builder = WebApplication.CreateBuilder([.. settings, "--urls", "http://127.0.0.1:0"]);
        builder.AddCreditsSilo();
        var silo = builder.Build();
        await silo.StartAsync();
        return silo;
    }
}

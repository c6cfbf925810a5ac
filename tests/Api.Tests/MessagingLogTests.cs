using Connect.Api.Composition;
using Connect.Api.Tests.Support;
using Connect.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connect.Api.Tests;

/// <summary>What is logged of guests' numbers, with the levels that the program comes with.</summary>
public sealed class MessagingLogTests
{
    [Fact]
    public async Task No_number_is_ever_logged_in_full()
    {
        using var logs = new CapturedLogs();
        var data = Directory.CreateTempSubdirectory("credits-numbers-").FullName;
        try
        {
            await using var app = CreditsApp.Build(
                services => services.AddSingleton<ILoggerProvider>(logs),
                ["--urls", "http://127.0.0.1:0", $"--Credits:DataDirectory={data}", "--Logging:Console:LogLevel:Default=None"]);
            await app.StartAsync();
            var address = new Uri(app.Urls.First());
            var token = (await new Client(address, null).Post("/sandbox/token", new { accountId = "logs", userId = "mia", role = "member" })).Ok().Text("token");
            var member = new Client(address, token);
            (await member.Post("/v1/accounts/logs/opt-outs", new { numbers = new[] { "0412987654", "0412987" } })).Ok();
            (await member.Get("/v1/accounts/logs/opt-outs?number=0412987654")).Ok();
            (await member.Delete("/v1/accounts/logs/opt-outs/+61412987654")).Ok();
            (await member.Delete("/v1/accounts/logs/opt-outs/0412987")).Problem(400, "validation", "number");
            var inbound = app.Services.GetRequiredService<IGrainFactory>().GetGrain<IInboundGrain>(0);
            foreach (var (from, outcome) in new[] { ("+61412987654", InboundOutcome.OptedOut), ("0412987", InboundOutcome.UnusableNumber) })
                Assert.Equal(outcome, await inbound.Receive(new() { From = from, To = "", Text = "STOP", At = DateTimeOffset.UnixEpoch }));
            await app.StopAsync();
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        Assert.Equal(3, logs.Lines.Count(line => line.Contains("opted out of", StringComparison.Ordinal) && line.Contains("+********654", StringComparison.Ordinal)));
        Assert.Contains(logs.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("****987", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, line => line.Contains("12987", StringComparison.Ordinal));
    }
}

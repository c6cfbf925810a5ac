using Connect.Api.Composition;
using Connect.Api.Tests.Support;
using Connect.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stripe;

namespace Connect.Api.Tests;

/// <summary>What the way in for events logs, outside sandbox mode.</summary>
public sealed class WebhookLogTests
{
    [Fact]
    public async Task Neither_the_secret_nor_the_key_nor_a_signature_is_ever_logged()
    {
        const string Secret = "whsec_that_nobody_may_see";
        const string Key = "sk_test_that_nobody_may_see";
        var (logs, statuses) = await Run($"--Stripe:ApiKey={Key}", "--Messaging:Gateway=None", $"--Stripe:WebhookSecret={Secret}");

        Assert.Equal([200, 400, 400], statuses);
        Assert.DoesNotContain(logs, line => line.Contains("that_nobody_may_see", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, line => line.Contains("v1=", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, line => line.Contains("Stripe:WebhookSecret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_secret_is_told_at_the_start()
    {
        var (logs, statuses) = await Run("--Stripe:ApiKey=sk_test_1", "--Messaging:Gateway=None");
        Assert.Equal([503, 503, 503], statuses);
        Assert.Contains(logs, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("Stripe:WebhookSecret is not configured", StringComparison.Ordinal));
    }

    // Sends a good event, one with another secret's signature and one without any.
    private static async Task<(IReadOnlyCollection<string> Logs, int[] Statuses)> Run(params string[] settings)
    {
        using var logs = new CapturedLogs();
        var data = Directory.CreateTempSubdirectory("credits-logs-").FullName;
        try
        {
            await using var app = CreditsApp.Build(
                services => services.AddSingleton<ILoggerProvider>(logs),
                ["--urls", "http://127.0.0.1:0", $"--Credits:DataDirectory={data}", "--Logging:LogLevel:Default=Debug", "--Logging:Console:LogLevel:Default=None",
                    "--Stripe:ApiBase=http://127.0.0.1:9", "--Stripe:MaxNetworkRetries=0", $"--Auth:SigningKey={new string('s', 48)}", .. settings]);
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new(app.Urls.First()) };
            const string Body = """{"id":"evt_logged","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent"}}}""";
            var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();
            var secret = app.Configuration["Stripe:WebhookSecret"] ?? "whsec_none";
            var statuses = new List<int>();
            foreach (var signature in new[] { EventUtility.GenerateSignatureHeader(Body, secret, now), EventUtility.GenerateSignatureHeader(Body, "whsec_other", now), null })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/stripe") { Content = new StringContent(Body) };
                if (signature is not null) request.Headers.TryAddWithoutValidation(StripeSignature.Header, signature);
                using var answer = await http.SendAsync(request);
                statuses.Add((int)answer.StatusCode);
            }

            // The event that was taken is worked on in vain, since nobody is at that address; that is logged too.
            if (statuses[0] == 200) await Poll.Until(() => Task.FromResult(logs.Lines.Any(line => line.Contains("find purchase", StringComparison.Ordinal))), "Stripe was asked");
            await app.StopAsync();
            return (logs.Lines, [.. statuses]);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}

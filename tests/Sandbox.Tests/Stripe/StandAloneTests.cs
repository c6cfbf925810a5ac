using Stripe;
using Stripe.Checkout;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class StandAloneTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stripe-sandbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_program_serves_one_state_at_its_root_and_below_the_prefix_of_the_api()
    {
        await using var program = await SandboxProcess.StartAsync(_folder);
        using var http = new HttpClient();
        var below = new StripeClient(new StripeClientOptions
        {
            ApiKey = "sk_test_sandbox", ApiBase = $"{program.BaseUrl}/sandbox/stripe", HttpClient = new SystemNetHttpClient(http, 0, null, false),
        });
        var customer = await program.NewClient().V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "One" });

        Assert.Equal("One", (await below.V1.Customers.GetAsync(customer.Id)).Name);
        var options = new SessionCreateOptions { Mode = "setup", Currency = "aud", Customer = customer.Id, SuccessUrl = "http://merchant.example/" };
        var atRoot = await program.NewClient().V1.Checkout.Sessions.CreateAsync(options);
        var atPrefix = await below.V1.Checkout.Sessions.CreateAsync(options);
        Assert.Equal($"{program.BaseUrl}/checkout/{atRoot.Id}", atRoot.Url);
        Assert.Equal($"{program.BaseUrl}/sandbox/stripe/checkout/{atPrefix.Id}", atPrefix.Url);
        Assert.Contains("Add a card", await http.GetStringAsync(atPrefix.Url), StringComparison.Ordinal);
        Assert.True(System.IO.File.Exists(Path.Combine(_folder, "stripe-sandbox.db")));
    }
}

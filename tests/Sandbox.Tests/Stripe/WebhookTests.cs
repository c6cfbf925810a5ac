using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Connect.Sandbox.Clock;
using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class WebhookTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;
    private WebhookInbox _inbox = null!;

    private IDueWork DueWork => _host.Service<IDueWork>();

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _inbox = await WebhookInbox.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _inbox.DisposeAsync();
    }

    [Fact]
    public async Task An_event_is_posted_and_stripe_net_takes_its_signature()
    {
        var endpoint = await EndpointAsync();
        var customer = await _host.NewCustomerAsync();
        await _inbox.UntilAsync(1);

        var (body, signature) = Assert.Single(_inbox.Letters);
        var noon = StripeSandboxHost.Noon.ToUnixTimeSeconds();
        var happened = EventUtility.ConstructEvent(body, signature, endpoint.Secret, 300, noon);
        Assert.Equal(("customer.created", customer.Id, 1L), (happened.Type, ((Customer)happened.Data.Object).Id, happened.PendingWebhooks));
        Assert.Throws<StripeException>(() => EventUtility.ConstructEvent(body, signature, "whsec_other", 300, noon));
        Assert.Throws<StripeException>(() => EventUtility.ConstructEvent(body + " ", signature, endpoint.Secret, 300, noon));
        await StripeSandboxHost.UntilAsync(async () => (await _host.Client.V1.Events.GetAsync(happened.Id)).PendingWebhooks == 0);
    }

    [Fact]
    public async Task An_endpoint_shows_its_secret_once_and_gets_only_what_it_wants_until_it_is_removed()
    {
        var endpoints = _host.Client.V1.WebhookEndpoints;
        var endpoint = await EndpointAsync("customer.updated");
        Assert.StartsWith("whsec_", endpoint.Secret, StringComparison.Ordinal);
        Assert.Null((await endpoints.GetAsync(endpoint.Id)).Secret);
        Assert.Equal(endpoint.Id, Assert.Single(await endpoints.ListAsync()).Id);

        var customer = await _host.NewCustomerAsync();
        await RenameAsync(customer.Id, "one");
        await _inbox.UntilAsync(1);
        Assert.Equal("disabled", (await endpoints.UpdateAsync(endpoint.Id, new WebhookEndpointUpdateOptions { Disabled = true })).Status);
        await RenameAsync(customer.Id, "two");
        await endpoints.UpdateAsync(endpoint.Id, new WebhookEndpointUpdateOptions { Disabled = false });
        await endpoints.DeleteAsync(endpoint.Id);
        await RenameAsync(customer.Id, "three");
        await DueWork.RunDue();

        Assert.Equal(["customer.updated"], _inbox.Types);
        Assert.Empty(await endpoints.ListAsync());
        await Assert.ThrowsAsync<StripeException>(() => endpoints.GetAsync(endpoint.Id));
    }

    [Fact]
    public async Task An_address_that_is_no_url_is_refused()
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.WebhookEndpoints.CreateAsync(
            new WebhookEndpointCreateOptions { Url = "ftp://example.org", EnabledEvents = ["*"] }));
        Assert.Equal((400, "url_invalid"), ((int)error.HttpStatusCode, error.StripeError.Code));
    }

    [Fact]
    public async Task A_target_of_the_host_may_be_set_late_and_gets_everything()
    {
        await _host.NewCustomerAsync();
        _host.Options.Webhooks = [new StripeWebhookTarget(new Uri(_inbox.Url), "whsec_ours")];
        await _host.NewCustomerAsync();
        await _inbox.UntilAsync(1);

        var (body, signature) = Assert.Single(_inbox.Letters);
        EventUtility.ConstructEvent(body, signature, "whsec_ours", 300, StripeSandboxHost.Noon.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_host_that_sets_its_target_late_after_a_restart_gets_what_was_pending_and_what_happened_meanwhile()
    {
        var folder = Directory.CreateTempSubdirectory("stripe-sandbox-").FullName;
        try
        {
            await using (var first = await StripeSandboxHost.StartAsync(folder))
            {
                first.Options.Webhooks = [new StripeWebhookTarget(new Uri("http://127.0.0.1:9/gone"), "whsec_first")];
                await first.TriggerAsync("webhooks/mischief", new { delaySeconds = 60 });
                await first.NewCustomerAsync();
            }

            await using var second = await StripeSandboxHost.StartAsync(folder);
            second.Clock.Advance(TimeSpan.FromMinutes(2));
            var customer = await second.NewCustomerAsync();
            await second.Service<IDueWork>().RunDue();
            Assert.Null(await second.Service<IDueWork>().NextDue());
            Assert.Empty(_inbox.Letters);

            second.Options.Webhooks = [new StripeWebhookTarget(new Uri(_inbox.Url), "whsec_second")];
            await second.AdvanceUntilAsync(TimeSpan.FromSeconds(1), _inbox.UntilAsync(2));
            Assert.Equal(["customer.created", "customer.created"], _inbox.Types);
            Assert.Contains(customer.Id, _inbox.Letters[1].Body, StringComparison.Ordinal);
            EventUtility.ConstructEvent(
                _inbox.Letters[0].Body, _inbox.Letters[0].Signature, "whsec_second", 3600, second.Clock.GetUtcNow().ToUnixTimeSeconds());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_refused_is_tried_again_for_three_days_and_then_no_more()
    {
        await EndpointAsync();
        _inbox.Status = 500;
        await _host.NewCustomerAsync();
        await DueWork.RunDue();
        while (await DueWork.NextDue() is { } due)
        {
            _host.Clock.SetUtcNow(due);
            await DueWork.RunDue();
        }

        var delivery = Assert.Single((await ShowAsync()).GetProperty("deliveries").EnumerateArray());
        Assert.Equal("failed", delivery.GetProperty("state").GetString());
        var minutes = delivery.GetProperty("attempts").EnumerateArray()
            .Select(attempt => (attempt.GetProperty("at").GetDateTimeOffset() - StripeSandboxHost.Noon).TotalMinutes).ToList();
        Assert.Equal([0, 5, 35, 155, 455, 1055, 1775, 2495, 3215, 3935], minutes);
        Assert.All(delivery.GetProperty("attempts").EnumerateArray(), attempt => Assert.Equal(500, attempt.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task A_receiver_that_comes_back_gets_it_with_a_fresh_signature()
    {
        var endpoint = await EndpointAsync();
        _inbox.Status = 503;
        await _host.NewCustomerAsync();
        await _inbox.UntilAsync(1);
        _inbox.Status = 200;
        await _host.AdvanceUntilAsync(TimeSpan.FromMinutes(5), _inbox.UntilAsync(2));

        Assert.Equal(_inbox.Letters[0].Body, _inbox.Letters[1].Body);
        var signed = EventUtility.ConstructEvent(
            _inbox.Letters[1].Body, _inbox.Letters[1].Signature, endpoint.Secret, 60 * 60, StripeSandboxHost.Noon.AddMinutes(5).ToUnixTimeSeconds());
        Assert.Equal("customer.created", signed.Type);
        Assert.NotEqual(_inbox.Letters[0].Signature, _inbox.Letters[1].Signature);
    }

    [Fact]
    public async Task Mischief_delays()
    {
        await EndpointAsync();
        await MisbehaveAsync(new { delaySeconds = 3600 });
        await _host.NewCustomerAsync();
        await DueWork.RunDue();
        Assert.Empty(_inbox.Letters);
        Assert.Equal(StripeSandboxHost.Noon.AddHours(1), await DueWork.NextDue());

        _host.Clock.Advance(TimeSpan.FromHours(1));
        await _inbox.UntilAsync(1);
    }

    [Fact]
    public async Task Mischief_duplicates_as_often_as_it_is_told_and_only_what_it_is_for()
    {
        await EndpointAsync();
        await MisbehaveAsync(new { duplicate = 2, type = "customer.updated", count = 1 });
        var customer = await _host.NewCustomerAsync();
        await RenameAsync(customer.Id, "one");
        await RenameAsync(customer.Id, "two");
        await _inbox.UntilAsync(5);
        await DueWork.RunDue();

        Assert.Equal(["customer.created", "customer.updated", "customer.updated", "customer.updated", "customer.updated"], _inbox.Types);
        Assert.Equal([1, 3, 1], _inbox.Letters.GroupBy(letter => EventUtility.ParseEvent(letter.Body).Id).Select(copies => copies.Count()));
    }

    [Fact]
    public async Task Mischief_reorders()
    {
        await EndpointAsync();
        await MisbehaveAsync(new { reorder = true });
        var customer = await _host.NewCustomerAsync();
        await RenameAsync(customer.Id, "one");
        await _host.Client.V1.Customers.DeleteAsync(customer.Id);
        Assert.Empty(_inbox.Letters);
        _host.Clock.Advance(TimeSpan.FromSeconds(5));
        await DueWork.RunDue();

        Assert.Equal(["customer.deleted", "customer.updated", "customer.created"], _inbox.Types);
    }

    [Fact]
    public async Task What_mischief_drops_only_a_redelivery_brings()
    {
        await EndpointAsync();
        await MisbehaveAsync(new { drop = true });
        var customer = await _host.NewCustomerAsync();
        _host.Clock.Advance(TimeSpan.FromDays(4));
        await DueWork.RunDue();
        Assert.Empty(_inbox.Letters);
        Assert.Equal("dropped", (await ShowAsync()).GetProperty("deliveries")[0].GetProperty("state").GetString());

        await _host.Http.DeleteAsync($"{_host.BaseUrl}/webhooks/mischief");
        var happened = Assert.Single(await _host.Client.V1.Events.ListAsync());
        Assert.Equal(1, (await _host.TriggerAsync("webhooks/redeliver", new { @event = happened.Id })).GetProperty("planned").GetInt32());
        await _inbox.UntilAsync(1);
        await RenameAsync(customer.Id, "one");
        await _inbox.UntilAsync(2);
        Assert.Equal(1, (await _host.TriggerAsync("webhooks/redeliver", new { since = StripeSandboxHost.Noon.AddDays(1) })).GetProperty("planned").GetInt32());
        await _inbox.UntilAsync(3);
        Assert.Equal(["customer.created", "customer.updated", "customer.updated"], _inbox.Types);
    }

    [Theory]
    [InlineData("webhooks/mischief", """{"delaySeconds":-1}""", "delaySeconds")]
    [InlineData("webhooks/mischief", """{"duplicate":11}""", "duplicate")]
    [InlineData("webhooks/mischief", """{"count":0}""", "count")]
    [InlineData("webhooks/mischief", """{"drop":true,"delay":5}""", "'delay'")]
    [InlineData("webhooks/mischief", "nonsense", "")]
    [InlineData("webhooks/redeliver", "{}", "event")]
    [InlineData("webhooks/redeliver", """{"event":"evt_1","id":"evt_1"}""", "event")]
    [InlineData("webhooks/redeliver", "nonsense", "event")]
    [InlineData("faults", """{"down":true,"rule":[]}""", "'rule'")]
    [InlineData("faults", """{"rules":[{"kind":"500","path":"/confirm"}]}""", "'path'")]
    [InlineData("disputes", """{"paymentIntent":"pi_1","intent":"pi_1"}""", "paymentIntent")]
    public async Task Mischief_that_makes_no_sense_is_refused_by_name_and_changes_nothing(string path, string body, string named)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await _host.Http.PostAsync($"{_host.BaseUrl}/{path}", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(named, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False((await ShowAsync()).GetProperty("mischief").GetProperty("drop").GetBoolean());
        Assert.False((await _host.Http.GetFromJsonAsync<JsonElement>($"{_host.BaseUrl}/faults")).GetProperty("down").GetBoolean());
    }

    [Fact]
    public async Task A_receiver_may_ask_the_api_while_it_takes_an_event()
    {
        // The answer of the endpoint is an API answer that needs the sandbox to be at work on nothing else.
        await _host.Client.V1.WebhookEndpoints.CreateAsync(new WebhookEndpointCreateOptions { Url = $"{_host.BaseUrl}/v1/customers", EnabledEvents = ["customer.created"] });
        await _host.NewCustomerAsync();
        await DueWork.RunDue().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(401, (await ShowAsync()).GetProperty("deliveries")[0].GetProperty("attempts")[0].GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_killed_sandbox_delivers_after_its_restart()
    {
        var folder = Directory.CreateTempSubdirectory("stripe-sandbox-").FullName;
        try
        {
            string customer;
            await using (var doomed = await SandboxProcess.StartAsync(folder))
            {
                using var http = new HttpClient();
                await doomed.NewClient().V1.WebhookEndpoints.CreateAsync(new WebhookEndpointCreateOptions { Url = _inbox.Url, EnabledEvents = ["*"] });
                await http.PostAsJsonAsync($"{doomed.BaseUrl}/webhooks/mischief", new { delaySeconds = 2 });
                customer = (await doomed.NewClient().V1.Customers.CreateAsync(new CustomerCreateOptions())).Id;
                doomed.Kill();
            }

            Assert.Empty(_inbox.Letters);
            await using var next = await SandboxProcess.StartAsync(folder);
            await _inbox.UntilAsync(1);
            Assert.Contains(customer, Assert.Single(_inbox.Letters).Body, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_program_alone_posts_to_the_address_of_its_settings()
    {
        var folder = Directory.CreateTempSubdirectory("stripe-sandbox-").FullName;
        try
        {
            await using var alone = await SandboxProcess.StartAsync(
                folder, new() { ["Sandbox__WebhookUrl"] = _inbox.Url, ["Sandbox__WebhookSecret"] = "whsec_alone" });
            await alone.NewClient().V1.Customers.CreateAsync(new CustomerCreateOptions());
            await _inbox.UntilAsync(1);

            var (body, signature) = Assert.Single(_inbox.Letters);
            EventUtility.ConstructEvent(body, signature, "whsec_alone");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<WebhookEndpoint> EndpointAsync(params string[] types) => await _host.Client.V1.WebhookEndpoints.CreateAsync(
        new WebhookEndpointCreateOptions { Url = _inbox.Url, EnabledEvents = types.Length == 0 ? ["*"] : [.. types] });

    private async Task RenameAsync(string customer, string name) => await _host.Client.V1.Customers.UpdateAsync(customer, new CustomerUpdateOptions { Name = name });

    private Task<JsonElement> MisbehaveAsync(object mischief) => _host.TriggerAsync("webhooks/mischief", mischief);

    private async Task<JsonElement> ShowAsync() => await _host.Http.GetFromJsonAsync<JsonElement>($"{_host.BaseUrl}/webhooks");
}

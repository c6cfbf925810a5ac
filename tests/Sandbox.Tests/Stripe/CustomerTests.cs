using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class CustomerTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;

    private CustomerService Customers => _host.Client.V1.Customers;

    public async Task InitializeAsync() => _host = await StripeSandboxHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_customer_is_read_back_as_it_was_made()
    {
        var made = await Customers.CreateAsync(new CustomerCreateOptions
        {
            Name = "Test Venue & Söhne",
            Email = "owner@venue.example",
            Description = "a=b&c",
            Metadata = new Dictionary<string, string> { ["account_id"] = "acc-1" },
        });
        var read = await Customers.GetAsync(made.Id);

        Assert.StartsWith("cus_", made.Id, StringComparison.Ordinal);
        Assert.Equal(
            (made.Id, "Test Venue & Söhne", "owner@venue.example", "a=b&c", "acc-1", StripeSandboxHost.Noon.UtcDateTime),
            (read.Id, read.Name, read.Email, read.Description, read.Metadata["account_id"], read.Created));
    }

    [Fact]
    public async Task An_update_changes_what_it_names_and_removes_what_it_gives_empty()
    {
        var made = await Customers.CreateAsync(new CustomerCreateOptions
        {
            Name = "Before", Email = "kept@venue.example", Metadata = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" },
        });
        var read = await Customers.UpdateAsync(made.Id, new CustomerUpdateOptions
        {
            Name = "After", Metadata = new Dictionary<string, string> { ["a"] = "", ["c"] = "3" },
        });

        Assert.Equal(("After", "kept@venue.example"), (read.Name, read.Email));
        Assert.Equal(new Dictionary<string, string> { ["b"] = "2", ["c"] = "3" }, read.Metadata);
    }

    [Fact]
    public async Task The_default_card_is_one_of_the_customers_cards_and_can_be_expanded()
    {
        var customer = await _host.NewCustomerAsync();
        var card = await _host.NewCardAsync(customer: customer.Id);
        var updated = await Customers.UpdateAsync(customer.Id, new CustomerUpdateOptions
        {
            InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = card.Id }, Expand = ["invoice_settings.default_payment_method"],
        });

        Assert.Equal(card.Id, updated.InvoiceSettings.DefaultPaymentMethodId);
        Assert.Equal("4242", updated.InvoiceSettings.DefaultPaymentMethod.Card.Last4);
    }

    [Fact]
    public async Task A_card_of_someone_else_can_not_be_the_default()
    {
        var customer = await _host.NewCustomerAsync();
        var other = await _host.NewCustomerAsync();
        var card = await _host.NewCardAsync(customer: other.Id);
        var error = await Assert.ThrowsAsync<StripeException>(() => Customers.UpdateAsync(
            customer.Id, new CustomerUpdateOptions { InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = card.Id } }));

        Assert.Equal((400, "resource_missing"), ((int)error.HttpStatusCode, error.StripeError.Code));
        Assert.Null((await Customers.GetAsync(customer.Id)).InvoiceSettings.DefaultPaymentMethodId);
    }

    [Fact]
    public async Task A_refused_request_leaves_nothing_behind()
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => Customers.CreateAsync(new CustomerCreateOptions { Name = "Gone", Expand = ["name"] }));

        Assert.Equal((400, "This property cannot be expanded (name)."), ((int)error.HttpStatusCode, error.StripeError.Message));
        Assert.Empty((await Customers.ListAsync()).Data);
    }

    [Fact]
    public async Task An_unknown_customer_is_missing()
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => Customers.GetAsync("cus_nobody"));

        Assert.Equal(
            (404, "invalid_request_error", "resource_missing", "id", "No such customer: 'cus_nobody'"),
            ((int)error.HttpStatusCode, error.StripeError.Type, error.StripeError.Code, error.StripeError.Param, error.StripeError.Message));
    }

    [Fact]
    public async Task A_list_is_newest_first_and_turns_its_pages_both_ways()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Insert(0, (await _host.NewCustomerAsync()).Id);

        var first = await Customers.ListAsync(new CustomerListOptions { Limit = 2 });
        var second = await Customers.ListAsync(new CustomerListOptions { Limit = 2, StartingAfter = ids[1] });
        var last = await Customers.ListAsync(new CustomerListOptions { Limit = 2, StartingAfter = ids[3] });
        var back = await Customers.ListAsync(new CustomerListOptions { Limit = 2, EndingBefore = ids[3] });

        Assert.Equal((ids[..2], true), (first.Data.ConvertAll(customer => customer.Id), first.HasMore), new PageComparer());
        Assert.Equal((ids[2..4], true), (second.Data.ConvertAll(customer => customer.Id), second.HasMore), new PageComparer());
        Assert.Equal((ids[4..], false), (last.Data.ConvertAll(customer => customer.Id), last.HasMore), new PageComparer());
        Assert.Equal((ids[1..3], true), (back.Data.ConvertAll(customer => customer.Id), back.HasMore), new PageComparer());
        Assert.Equal("/v1/customers", first.Url);
    }

    [Fact]
    public async Task Stripe_net_walks_through_all_pages_by_itself()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Insert(0, (await _host.NewCustomerAsync()).Id);

        var seen = new List<string>();
        await foreach (var customer in Customers.ListAutoPagingAsync(new CustomerListOptions { Limit = 2 }))
            seen.Add(customer.Id);

        Assert.Equal(ids, seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public async Task A_page_has_from_one_to_a_hundred_objects(long limit)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => Customers.ListAsync(new CustomerListOptions { Limit = limit }));

        Assert.Equal((400, "limit"), ((int)error.HttpStatusCode, error.StripeError.Param));
    }

    private sealed class PageComparer : IEqualityComparer<(List<string> Ids, bool HasMore)>
    {
        public bool Equals((List<string> Ids, bool HasMore) x, (List<string> Ids, bool HasMore) y) => x.HasMore == y.HasMore && x.Ids.SequenceEqual(y.Ids);

        public int GetHashCode((List<string> Ids, bool HasMore) page) => page.Ids.Count;
    }
}

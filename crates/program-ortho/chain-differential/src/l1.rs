//! L1: blocks with made-up transactions and receipts.

use alloy_consensus::{
    EMPTY_OMMER_ROOT_HASH, Header, Receipt, ReceiptEnvelope, ReceiptWithBloom, TxReceipt,
};
use alloy_consensus_v1::Receipt as KonaReceipt;
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{B256, Bytes, LogData, keccak256, logs_bloom};
use kona_genesis::SystemConfig;

use crate::{
    chain::{JovianConfig, Parameters, SYSTEM_CONFIG},
    choices::Choices,
    logs::MadeLog,
    oracle::Store,
};

/// A block of L1.
#[derive(Clone, Debug)]
pub(crate) struct L1Block {
    pub(crate) header: Header,
    pub(crate) hash: B256,
    /// As an honest node reads them: malformed logs have no meaning.
    pub(crate) receipts: Vec<KonaReceipt>,
    /// With the changes of this block.
    pub(crate) system: SystemConfig,
    pub(crate) jovian: JovianConfig,
}

/// A receipt to be.
#[derive(Clone, Debug)]
pub(crate) struct MadeReceipt {
    pub(crate) success: bool,
    pub(crate) kind: u8,
    pub(crate) logs: Vec<MadeLog>,
}

impl MadeReceipt {
    /// A transaction that failed has none.
    fn logs(&self) -> &[MadeLog] {
        if self.success { &self.logs } else { &[] }
    }

    fn encode(&self) -> Bytes {
        let logs = self.logs().iter().map(|made| made.log.clone()).collect();
        let receipt = Receipt {
            status: self.success.into(),
            cumulative_gas_used: 21_000,
            logs,
        };
        let logs_bloom = receipt.bloom();
        let receipt = ReceiptWithBloom {
            receipt,
            logs_bloom,
        };
        let envelope = match self.kind {
            1 => ReceiptEnvelope::Eip2930(receipt),
            2 => ReceiptEnvelope::Eip1559(receipt),
            3 => ReceiptEnvelope::Eip4844(receipt),
            4 => ReceiptEnvelope::Eip7702(receipt),
            _ => ReceiptEnvelope::Legacy(receipt),
        };
        envelope.encoded_2718().into()
    }

    fn as_read(&self) -> KonaReceipt {
        let logs = self.logs().iter().map(|made| {
            let mut log = made.log.clone();
            if !made.well_formed {
                log.data = LogData::default();
            }
            log
        });
        KonaReceipt {
            status: self.success.into(),
            cumulative_gas_used: 21_000,
            logs: logs.collect(),
        }
    }
}

/// L1 from the rollup's genesis block on.
#[derive(Debug)]
pub(crate) struct L1 {
    pub(crate) blocks: Vec<L1Block>,
    store: Store,
}

impl L1 {
    pub(crate) fn new(
        choices: &mut Choices<'_>,
        parameters: &Parameters,
        store: &Store,
        system: SystemConfig,
    ) -> Self {
        let mut l1 = Self {
            blocks: Vec::new(),
            store: store.clone(),
        };
        let number = parameters.l1_genesis_number;
        let parent = if number == 0 {
            B256::ZERO
        } else {
            B256::repeat_byte(0x99)
        };
        let time = parameters.l1_genesis_time;
        let jovian = parameters.jovian.map(|(_, config)| config);
        l1.seal(
            choices,
            parameters,
            (number, parent, time),
            (&[], &[]),
            (system, jovian.unwrap_or_default()),
        );
        l1
    }

    pub(crate) fn last(&self) -> &L1Block {
        self.blocks.last().unwrap()
    }

    /// Adds a block.
    pub(crate) fn push(
        &mut self,
        choices: &mut Choices<'_>,
        parameters: &Parameters,
        time: u64,
        transactions: &[Bytes],
        receipts: &[MadeReceipt],
    ) {
        let parent = self.last();
        let next = (parent.header.number + 1, parent.hash, time);
        let mut system = parent.system;
        let read: Vec<_> = receipts.iter().map(MadeReceipt::as_read).collect();
        let ecotone = parameters.is_active("ecotone", time);
        // What is well formed cannot fail; of the rest nothing is left.
        let _ = system.update_with_receipts(&read, SYSTEM_CONFIG, ecotone);
        let mut jovian = parent.jovian;
        let logs = receipts.iter().flat_map(MadeReceipt::logs);
        for update in logs.filter_map(|made| made.jovian) {
            update.apply(&mut jovian);
        }
        let config = (system, jovian);
        self.seal(choices, parameters, next, (transactions, receipts), config);
    }

    fn seal(
        &mut self,
        choices: &mut Choices<'_>,
        parameters: &Parameters,
        (number, parent_hash, timestamp): (u64, B256, u64),
        (transactions, receipts): (&[Bytes], &[MadeReceipt]),
        (system, jovian): (SystemConfig, JovianConfig),
    ) {
        let encoded: Vec<_> = receipts.iter().map(MadeReceipt::encode).collect();
        let cancun = timestamp >= parameters.cancun;
        let logs = receipts.iter().flat_map(MadeReceipt::logs);
        let header = Header {
            logs_bloom: logs_bloom(logs.map(|made| &made.log)),
            parent_hash,
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            transactions_root: self.store.add_list(transactions),
            receipts_root: self.store.add_list(&encoded),
            number,
            timestamp,
            gas_limit: 30_000_000,
            mix_hash: keccak256(number.to_be_bytes()),
            base_fee_per_gas: Some(match choices.below(8) {
                0 => 8 << choices.below(60),
                1 => 7 + (choices.number() >> 1),
                _ => 7 + (choices.number() >> 30),
            }),
            withdrawals_root: Some(alloy_consensus::EMPTY_ROOT_HASH),
            blob_gas_used: cancun.then_some(0),
            excess_blob_gas: cancun.then(|| choices.number() >> choices.pick(&[64 - 1, 36, 40])),
            parent_beacon_block_root: cancun.then(|| B256::repeat_byte(0x33)),
            requests_hash: (timestamp >= parameters.prague)
                .then_some(alloy_eips::eip7685::EMPTY_REQUESTS_HASH),
            ..Header::default()
        };
        let hash = self.store.add(alloy_rlp::encode(&header));
        self.blocks.push(L1Block {
            header,
            hash,
            receipts: receipts.iter().map(MadeReceipt::as_read).collect(),
            system,
            jovian,
        });
    }
}
